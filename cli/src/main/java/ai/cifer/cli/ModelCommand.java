package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.node.config.TrainerChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
      "  cifer model init --trainer \"python train.py\" --out model.safetensors",
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
      @Option(
              names = "--trainer",
              paramLabel = "COMMAND",
              description = {
                "The program that knows the network, instead of --architecture: for example",
                "\"python train.py\", started where you are."
              })
          Optional<String> trainer,
      @Option(
              names = "--trainer-environment",
              paramLabel = "NAMES",
              split = ",",
              description = "The variables that the program sees (default: PATH).")
          List<String> environment,
      @Mixin Common common)
      throws Exception {
    Models models = new Models(terminal, common.json());
    if (trainer.isPresent()) {
      models.init(
          TrainerChoice.of(
              trainer.get(), Path.of(""), environment == null ? List.of() : environment),
          seed,
          out);
    } else {
      models.init(architecture, seed, out);
    }
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
