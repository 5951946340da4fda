package ai.cifer.cli;

import picocli.CommandLine.Option;

/// The options that every command has that prints a result.
final class Common extends HelpOption {

  static final String VERBOSE = "--verbose";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "How the result is printed: text or json (default: ${DEFAULT-VALUE}).")
  Format format = Format.TEXT;

  @Option(names = VERBOSE, description = "Show warnings, and where an error comes from.")
  boolean verbose;

  boolean json() {
    return format == Format.JSON;
  }
}
