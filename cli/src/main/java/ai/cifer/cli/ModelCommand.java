package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.node.config.TrainerChoice;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cifer model`: model files.
@Command(
    name = "model",
    description = "Make an initial model, look into model files, convert and compare them.",
    synopsisHeading = "Usage: ",
    commandListHeading = "%nCommands%n",
    optionListHeading = "%nOptions%n",
    footerHeading = "%nExamples%n",
    footer = {
      "  cifer model init --architecture cnn --seed 1 --out model.safetensors",
      "  cifer model init --trainer \"python train.py\" --out model.safetensors",
      "  cifer model inspect model.h5",
      "  cifer model convert model.h5 model.safetensors",
      "  cifer model diff before.pt after.pt"
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
      @Parameters(paramLabel = "FILE", description = "A model file or folder.") Path file,
      @Mixin Common common)
      throws Exception {
    new Models(terminal, common.json()).inspect(file);
    return ExitCode.OK.number();
  }

  @Command(
      name = "convert",
      description = "Write a model in the form that the name of OUT says.",
      optionListHeading = "%nOptions%n",
      footer = {
        "%nExamples%n  cifer model convert model.h5 model.safetensors",
        "  cifer model convert model.safetensors model.h5 --like original.h5"
      })
  int convert(
      @Parameters(paramLabel = "IN", description = "A model file or folder.") Path in,
      @Parameters(paramLabel = "OUT", description = "Must not exist.") Path out,
      @Option(
              names = "--like",
              paramLabel = "FILE",
              description =
                  "Take everything but the values from this file: types, order, layers. Keras's"
                      + " files need one.")
          @Nullable Path like,
      @Mixin Common common)
      throws Exception {
    new Models(terminal, common.json()).convert(in, out, Optional.ofNullable(like));
    return ExitCode.OK.number();
  }

  @Command(
      name = "diff",
      description = "Show how far two models are apart, tensor by tensor.",
      optionListHeading = "%nOptions%n",
      footer = {"%nExample%n  cifer model diff before.pt after.safetensors"})
  int diff(
      @Parameters(paramLabel = "ONE", description = "A model file or folder.") Path one,
      @Parameters(paramLabel = "OTHER", description = "A model file or folder.") Path other,
      @Mixin Common common)
      throws Exception {
    new Models(terminal, common.json()).diff(one, other);
    return ExitCode.OK.number();
  }

  @Command(
      name = "fetch",
      description = "Fetch a model in safetensors from a hub; digests are checked.",
      optionListHeading = "%nOptions%n",
      footer = {
        "%nExample%n  cifer model fetch hf:sentence-transformers/all-MiniLM-L6-v2@main --out minilm"
      })
  int fetch(
      @Parameters(paramLabel = "SOURCE", description = "hf:OWNER/NAME@REVISION") String source,
      @Option(
              names = "--out",
              paramLabel = "FOLDER",
              required = true,
              description = "Where the files go; what is there and undamaged is kept.")
          Path out,
      @Option(
              names = "--hub",
              paramLabel = "URL",
              defaultValue = "https://huggingface.co",
              description = "The hub (default: ${DEFAULT-VALUE}).")
          URI hub,
      @Mixin Common common)
      throws Exception {
    new Models(terminal, common.json()).fetch(source, hub, out);
    return ExitCode.OK.number();
  }
}
