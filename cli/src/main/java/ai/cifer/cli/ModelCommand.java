package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cifer model`: model files.
@Command(
    name = "model",
    description = "Make an initial model, look into model files.",
    synopsisHeading = "Usage: ",
    commandListHeading = "%nCommands%n",
    optionListHeading = "%nOptions%n",
    footerHeading = "%nExamples%n",
    footer = {
      "  cifer model init --architecture cnn --seed 1 --out model.safetensors",
      "  cifer model inspect model.safetensors"
    })
final class ModelCommand {

  private final Terminal terminal;

  @Mixin HelpOption help = new HelpOption();

  ModelCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(
      name = "init",
      description = "Write a model with fresh values.",
      optionListHeading = "%nOptions%n",
      footer = {
        "%nExample%n  cifer model init --architecture cnn --seed 1 --out model.safetensors"
      })
  int init(
      @Option(
              names = "--architecture",
              paramLabel = "NAME",
              defaultValue = "cnn",
              description = "The network (default: ${DEFAULT-VALUE}).")
          String architecture,
      @Option(
              names = "--seed",
              paramLabel = "N",
              defaultValue = "1",
              description = "The same seed gives the same values (default: ${DEFAULT-VALUE}).")
          long seed,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              required = true,
              description = "A .safetensors or .npz file; must not exist.")
          Path out,
      @Mixin Common common)
      throws Exception {
    new Models(terminal, common.json()).init(architecture, seed, out);
    return ExitCode.OK.number();
  }

  @Command(
      name = "inspect",
      description = "Show architecture, digest and tensors of a model.",
      optionListHeading = "%nOptions%n",
      footer = {"%nExample%n  cifer model inspect runs/RUN/model.safetensors"})
  int inspect(
      @Parameters(paramLabel = "FILE", description = "A .safetensors or .npz file.") Path file,
      @Mixin Common common)
      throws Exception {
    new Models(terminal, common.json()).inspect(file);
    return ExitCode.OK.number();
  }
}
