package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Table;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ArchitectureProvider;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;

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
    if (Files.exists(out)) {
      throw new CommandFailed(
          ExitCode.DISK, out + ": exists and is not overwritten; choose another name");
    }
    create(architecture, seed, out);
    inspect(out);
  }

  /// Writes a fresh model.
  static void create(String architecture, long seed, Path out) throws CommandFailed, IOException {
    TreeSet<String> known = new TreeSet<>();
    for (ArchitectureProvider provider : ServiceLoader.load(ArchitectureProvider.class)) {
      known.addAll(provider.names());
      if (provider.names().contains(architecture)) {
        write(provider, architecture, seed, out);
        return;
      }
    }
    throw new CommandFailed(
        ExitCode.USAGE,
        "architecture: %s (expected: %s)".formatted(architecture, String.join(" or ", known)));
  }

  private static void write(ArchitectureProvider provider, String architecture, long seed, Path out)
      throws CommandFailed, IOException {
    ModelFormat format = format(out);
    Path parent = out.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      GlobalModel model = provider.initialise(architecture, seed);
      try (Tensors tensors = model.tensors()) {
        format.write(new GlobalModel(architecture, tensors), out);
      }
    } catch (TrainingException failure) {
      throw new CommandFailed(ExitCode.DISK, String.valueOf(failure.getMessage()), failure);
    }
  }

  void inspect(Path file) throws CommandFailed {
    GlobalModel model = read(file);
    try (Tensors tensors = model.tensors()) {
      Document document = document(file, model.architecture(), tensors);
      if (json) {
        terminal.print(Json.text(document));
      } else {
        print(document);
      }
    }
  }

  /// Opens a model; its tensors are the caller's to close.
  static GlobalModel read(Path file) throws CommandFailed {
    try {
      return format(file).read(file);
    } catch (TrainingException failure) {
      throw new CommandFailed(
          ExitCode.MODEL_UNREADABLE, String.valueOf(failure.getMessage()), failure);
    }
  }

  private static ModelFormat format(Path file) throws CommandFailed {
    TreeSet<String> known = new TreeSet<>();
    for (ModelFormat format : ServiceLoader.load(ModelFormat.class)) {
      if (format.handles(file)) {
        return format;
      }
      known.add(format.name());
    }
    throw new CommandFailed(
        ExitCode.MODEL_UNREADABLE,
        "%s: no known format (expected: a name that ends in %s)"
            .formatted(file, String.join(" or ", known)));
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
