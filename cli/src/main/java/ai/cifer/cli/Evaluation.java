package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.StatusLine;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.Target;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import ai.cifer.node.Plugins;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.training.data.Table;
import ai.cifer.training.trainer.ModelEvaluation;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What `cifer model evaluate` does.
final class Evaluation {

  private static final double QUIET_SECONDS = 2;

  private final Terminal terminal;
  private final boolean json;
  private Optional<Path> graph = Optional.empty();
  private Preprocessing steps = Preprocessing.NONE;
  private TrainOptions options = TrainOptions.DEFAULT;

  Evaluation(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  /// @param accuracy of classes only
  /// @param outputs the file of the outputs, if one was asked for
  private record Document(
      String model,
      String data,
      long examples,
      double loss,
      @Nullable Double accuracy,
      @Nullable String outputs,
      @Nullable List<Long> outputShape) {}

  /// Takes preprocessing, loss and graph from a coordinator's file.
  Evaluation as(Path config) throws NodeException {
    ServerConfig coordinator = ServerConfig.read(config, Map.of());
    graph = coordinator.graph();
    steps = coordinator.preprocessing();
    options = coordinator.options();
    return this;
  }

  /// Takes the steps of a file of a run.
  Evaluation prepared(Path file) throws CommandFailed, NodeException {
    steps = ServerConfig.preprocessing(Json.read(file, JsonNode.class));
    return this;
  }

  /// The network of a model whose file names none.
  Evaluation with(Path network) {
    graph = Optional.of(network);
    return this;
  }

  /// @param outputs gets what the model computes
  void run(Path file, Path data, Dataset.Split split, Optional<Path> outputs)
      throws CommandFailed, NodeException {
    if (outputs.isPresent()) {
      Models.requireNew(outputs.get());
    }
    if (!Statistics.missing(steps).isEmpty()) {
      throw new CommandFailed(
          ExitCode.DATASET_MISMATCH,
          "preprocessing: %s has no constants (expected: --preprocessing runs/RUN/preprocessing.json, which a run wrote that measured them)"
              .formatted(Statistics.missing(steps).getFirst().word()));
    }
    GlobalModel model = model(file);
    try (Tensors _ = model.tensors();
        Table table = Table.open(data, split);
        Dataset examples = table.prepared(steps);
        // A file that is a graph itself is the caller's own.
        ModelEvaluation evaluation =
            ModelEvaluation.open(model, graph.or(() -> Optional.of(file)), examples)) {
      Metrics metrics = metrics(evaluation);
      boolean classes = examples.target() instanceof Target.Classes;
      print(
          new Document(
              file.toString(),
              data.toString(),
              metrics.examples(),
              metrics.loss(),
              classes ? metrics.accuracy() : null,
              outputs.map(Path::toString).orElse(null),
              outputs.isPresent() ? evaluation.writeOutputs(outputs.get()) : null));
    } catch (TrainingException failure) {
      throw new CommandFailed(
          ExitCode.DATASET_MISMATCH, String.valueOf(failure.getMessage()), failure);
    }
  }

  private GlobalModel model(Path file) throws CommandFailed, NodeException {
    try {
      return Plugins.model(file, graph);
    } catch (TrainingException failure) {
      throw new CommandFailed(
          ExitCode.MODEL_UNREADABLE, String.valueOf(failure.getMessage()), failure);
    }
  }

  private Metrics metrics(ModelEvaluation evaluation) throws TrainingException {
    var share = new AtomicLong();
    long begun = System.nanoTime();
    try (StatusLine _ = StatusLine.start(terminal, () -> status(begun, share.get()))) {
      return evaluation.metrics(options, (done, total) -> share.set(100 * done / total));
    }
  }

  private String status(long begun, long share) {
    boolean quiet = json || (System.nanoTime() - begun) / 1e9 < QUIET_SECONDS;
    return quiet ? "" : StatusLine.bar(terminal.glyphs(), share / 100.0, 30);
  }

  private void print(Document document) {
    if (json) {
      terminal.print(Json.text(document));
      return;
    }
    terminal.print(
        "%s on %s examples of %s: loss %s%s"
            .formatted(
                document.model(),
                Figures.count(document.examples()),
                document.data(),
                String.format(Locale.ROOT, "%.4f", document.loss()),
                document.accuracy() == null
                    ? ""
                    : String.format(Locale.ROOT, ", accuracy %.1f %%", 100 * document.accuracy())));
    if (document.outputs() != null) {
      terminal.print("%s: outputs %s".formatted(document.outputs(), document.outputShape()));
    }
  }
}
