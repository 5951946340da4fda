package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.model.ModelFiles;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Table;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.node.NodeException;
import ai.cifer.node.config.TrainerChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// What `cifer model` does.
final class Models {

  private final Terminal terminal;
  private final boolean json;

  Models(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  private record Document(
      String file,
      String architecture,
      long parameters,
      long float32Bytes,
      String modelSha256,
      List<TensorDocument> tensors) {}

  private record TensorDocument(String name, List<Integer> shape, long parameters) {}

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

  private static void requireNew(Path out) throws CommandFailed {
    if (Files.exists(out)) {
      throw new CommandFailed(
          ExitCode.DISK, out + ": exists and is not overwritten; choose another name");
    }
  }

  void inspect(Path file) throws CommandFailed {
    GlobalModel model = ModelFiles.read(file);
    try (Tensors tensors = model.tensors()) {
      Document document = document(file, model.architecture(), tensors);
      if (json) {
        terminal.print(Json.text(document));
      } else {
        print(document);
      }
    }
  }

  private static Document document(Path file, String architecture, Tensors values) {
    List<TensorDocument> tensors = new ArrayList<>();
    for (TensorSpec tensor : values.layout().tensors()) {
      tensors.add(new TensorDocument(tensor.name(), tensor.shape(), tensor.size()));
    }
    long parameters = values.layout().parameters();
    return new Document(
        file.toString(),
        architecture,
        parameters,
        4 * parameters,
        HexFormat.of().formatHex(values.digest()),
        tensors);
  }

  private void print(Document document) {
    terminal.print(
        "%s: %s, %s parameters, %s as float32"
            .formatted(
                document.file(),
                document.architecture(),
                Figures.count(document.parameters()),
                Figures.bytes(document.float32Bytes())));
    terminal.print("sha-256 " + document.modelSha256());
    Table table = new Table("  tensor", "shape", ">parameters");
    for (TensorDocument tensor : document.tensors()) {
      table.row(
          "  " + tensor.name(), tensor.shape().toString(), Figures.count(tensor.parameters()));
    }
    table.lines().forEach(terminal::print);
  }
}
