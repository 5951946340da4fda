package ai.cifer.cli;

import picocli.CommandLine.Option;

/// The option that even a group of commands has.
class HelpOption {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
