package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.train.Dataset;
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
    description =
        "Make an initial model, look into model files, convert, compare and evaluate them.",
    synopsisHeading = "Usage: ",
    commandListHeading = "%nCommands%n",
    optionListHeading = "%nOptions%n",
    footerHeading = "%nExamples%n",
    footer = {
      "  cifer model init --architecture cnn --seed 1 --out model.safetensors",
      "  cifer model init --trainer \"python train.py\" --out model.safetensors",
      "  cifer model inspect model.h5",
      "  cifer model convert model.h5 model.safetensors",
      "  cifer model diff before.pt after.pt",
      "  cifer model evaluate model.h5 --data test.npz"
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
      name = "evaluate",
      description = "Measure a model on data, and write what it computes for each example.",
      optionListHeading = "%nOptions%n",
      footer = {
        "%nExamples%n  cifer model evaluate model.h5 --data test.npz",
        "  cifer model evaluate runs/RUN/model.pt --graph graph.pt --data test.npz --outputs out.npy",
        "  cifer model evaluate runs/RUN/model.h5 --data table.csv --config server.json"
      })
  int evaluate(
      @Parameters(paramLabel = "FILE", description = "A model file or folder.") Path file,
      @Option(
              names = "--data",
              paramLabel = "FILE",
              required = true,
              description = "The examples: any form that dataset_path may name.")
          Path data,
      @Option(
              names = "--train",
              description = "Take the training set, not the test set, where the data has both.")
          boolean train,
      @Option(
              names = "--graph",
              paramLabel = "FILE",
              description = "The network of a model whose file names none, as graph_path.")
          Optional<Path> graph,
      @Option(
              names = "--config",
              paramLabel = "FILE",
              description =
                  "A coordinator's configuration: its preprocessing, loss and graph_path.")
          Optional<Path> config,
      @Option(
              names = "--preprocessing",
              paramLabel = "FILE",
              description = {
                "Its steps with the constants that a run measured:",
                "runs/RUN/preprocessing.json"
              })
          Optional<Path> preprocessing,
      @Option(
              names = "--outputs",
              paramLabel = "FILE",
              description = "Gets the outputs for each example, as npy; must not exist.")
          Optional<Path> outputs,
      @Mixin Common common)
      throws Exception {
    Evaluation evaluation = new Evaluation(terminal, common.json());
    if (config.isPresent()) {
      evaluation = evaluation.as(config.get());
    }
    if (preprocessing.isPresent()) {
      evaluation = evaluation.prepared(preprocessing.get());
    }
    if (graph.isPresent()) {
      evaluation = evaluation.with(graph.get());
    }
    evaluation.run(file, data, train ? Dataset.Split.TRAIN : Dataset.Split.TEST, outputs);
    return ExitCode.OK.number();
  }

  @Command(
      name = "fetch",
      description = "Fetch a model from a hub or a repository of Git; digests are checked.",
      optionListHeading = "%nOptions%n",
      footer = {
        "%nExamples%n  cifer model fetch hf:sentence-transformers/all-MiniLM-L6-v2@main --out minilm",
        "  cifer model fetch github:clinic/models@v1:heart/model.h5 --out heart"
      })
  int fetch(
      @Parameters(
              paramLabel = "SOURCE",
              description = "hf:OWNER/NAME@REVISION or github:OWNER/REPOSITORY@REVISION:PATH")
          String source,
      @Option(
              names = "--out",
              paramLabel = "FOLDER",
              required = true,
              description = {
                "Where the files go, those of a repository at their path in it; what is there and",
                "undamaged is kept."
              })
          Path out,
      @Option(
              names = "--hub",
              paramLabel = "URL",
              defaultValue = "https://huggingface.co",
              description = "The hub (default: ${DEFAULT-VALUE}).")
          URI hub,
      @Option(
              names = "--github",
              paramLabel = "URL",
              defaultValue = "https://github.com",
              description = "Where repositories are (default: ${DEFAULT-VALUE}).")
          URI github,
      @Mixin Common common)
      throws Exception {
    new Models(terminal, common.json()).fetch(source, hub, github, out);
    return ExitCode.OK.number();
  }
}
