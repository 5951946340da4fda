package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `cifer completion`: a script with which bash and zsh complete commands and options.
@Command(
    name = "completion",
    description = "Print a script with which bash and zsh complete commands and options.",
    synopsisHeading = "Usage: ",
    optionListHeading = "%nOptions%n",
    footerHeading = "%nExamples%n",
    footer = {
      "  source <(cifer completion)                          for this shell",
      "  cifer completion > ~/.local/share/bash-completion/completions/cifer"
    })
final class CompletionCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin HelpOption help = new HelpOption();

  CompletionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.print(AutoComplete.bash("cifer", Cifer.commandLine(terminal)));
    return ExitCode.OK.number();
  }
}
