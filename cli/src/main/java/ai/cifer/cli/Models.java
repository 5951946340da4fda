package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.model.ModelDifference;
import ai.cifer.cli.model.ModelFiles;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.StatusLine;
import ai.cifer.cli.terminal.Table;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import ai.cifer.node.config.TrainerChoice;
import ai.cifer.training.model.source.GitSource;
import ai.cifer.training.model.source.Hub;
import ai.cifer.training.model.source.HubSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// What `cifer model` does.
final class Models {

  private static final double QUIET_SECONDS = 2;

  private final Terminal terminal;
  private final boolean json;

  Models(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  private record Document(
      String file,
      String format,
      String architecture,
      long parameters,
      long float32Bytes,
      String modelSha256,
      List<String> signatures,
      List<TensorDocument> tensors) {}

  private record TensorDocument(
      String name, String type, List<Integer> shape, long parameters, String use) {}

  void init(String architecture, long seed, Path out) throws CommandFailed, IOException {
    requireNew(out);
    ModelFiles.create(architecture, seed, out);
    inspect(out);
  }

  /// Has the user's program make the model.
  void init(TrainerChoice trainer, long seed, Path out)
      throws CommandFailed, NodeException, IOException {
    requireNew(out);
    ModelFiles.create(trainer, seed, out);
    inspect(out);
  }

  void inspect(Path file) throws CommandFailed {
    ModelSummary summary = ModelFiles.summary(file);
    try (Tensors tensors = ModelFiles.read(file).tensors()) {
      Document document = document(file, summary, tensors);
      if (json) {
        terminal.print(Json.text(document));
      } else {
        print(document);
      }
    }
  }

  /// Writes `from` in the form that the name of `to` says.
  ///
  /// @param like a file whose form and network the result gets, where the form needs one
  void convert(Path from, Path to, Optional<Path> like) throws CommandFailed {
    requireNew(to);
    GlobalModel model = ModelFiles.read(from);
    try (Tensors _ = model.tensors()) {
      ModelFiles.write(model, like, to);
    }
    inspect(to);
  }

  /// @param hub where `hf:` places are
  /// @param github where `github:` places are
  void fetch(String source, URI hub, URI github, Path out)
      throws CommandFailed, InterruptedException {
    Path fetched = out;
    long begun = System.nanoTime();
    try (StatusLine _ = StatusLine.start(terminal, () -> status(source, begun))) {
      if (source.startsWith("github:")) {
        fetched = new GitSource().download(source, github, out);
      } else {
        new Hub(hub).fetch(HubSource.parse(source), out);
      }
    } catch (IOException | TrainingException failure) {
      throw new CommandFailed(
          ExitCode.MODEL_UNREADABLE, String.valueOf(failure.getMessage()), failure);
    }
    inspect(fetched);
  }

  private String status(String source, long begun) {
    double seconds = (System.nanoTime() - begun) / 1e9;
    return json || seconds < QUIET_SECONDS
        ? ""
        : "fetching %s for %s".formatted(source, Figures.duration(seconds));
  }

  void diff(Path one, Path other) throws CommandFailed {
    try (Tensors left = ModelFiles.read(one).tensors();
        Tensors right = ModelFiles.read(other).tensors()) {
      ModelDifference difference = ModelDifference.of(left, right);
      if (json) {
        terminal.print(Json.text(difference));
      } else {
        difference.lines().forEach(terminal::print);
      }
    }
  }

  static void requireNew(Path out) throws CommandFailed {
    if (Files.exists(out)) {
      throw new CommandFailed(
          ExitCode.DISK, out + ": exists and is not overwritten; choose another name");
    }
  }

  private static Document document(Path file, ModelSummary summary, Tensors values) {
    List<TensorDocument> tensors = new ArrayList<>();
    for (ModelSummary.TensorSummary tensor : summary.tensors()) {
      long size = tensor.shape().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
      tensors.add(
          new TensorDocument(tensor.name(), tensor.type(), tensor.shape(), size, tensor.use()));
    }
    long parameters = values.layout().parameters();
    return new Document(
        file.toString(),
        summary.format(),
        summary.architecture(),
        parameters,
        4 * parameters,
        HexFormat.of().formatHex(values.digest()),
        summary.signatures(),
        tensors);
  }

  private void print(Document document) {
    terminal.print(
        "%s: %s (%s), %s parameters, %s as float32"
            .formatted(
                document.file(),
                GlobalModel.label(document.architecture()),
                document.format(),
                Figures.count(document.parameters()),
                Figures.bytes(document.float32Bytes())));
    terminal.print("sha-256 " + document.modelSha256());
    document.signatures().forEach(signature -> terminal.print("  signature " + signature));
    Table table = new Table("  tensor", "type", "shape", ">parameters", "use");
    for (TensorDocument tensor : document.tensors()) {
      table.row(
          "  " + tensor.name(),
          tensor.type(),
          tensor.shape().toString(),
          Figures.count(tensor.parameters()),
          tensor.use());
    }
    table.lines().forEach(terminal::print);
  }
}
