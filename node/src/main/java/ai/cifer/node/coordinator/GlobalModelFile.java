package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.Plugins;
import ai.cifer.node.store.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The global model of a round as a file of raw values, mapped: it is what clients download, and it
/// costs no memory.
///
/// @param round the round that made it; 0 for the initial one
/// @param original a copy of the file that the run began with: its form is that of the result
record GlobalModelFile(int round, GlobalModel model, Path original) implements AutoCloseable {

  private static final int CHUNK = 1 << 16;
  private static final List<String> EXPORTED = List.of("safetensors", "npz");

  /// Copies a model file of any format into the run's folder.
  ///
  /// @param graph the network of a file that names none
  static GlobalModelFile initial(Path file, Optional<Path> graph, RunFolder folder)
      throws NodeException {
    try {
      GlobalModel read = Plugins.model(file, graph);
      try (Tensors source = read.tensors()) {
        ModelLayout layout = source.layout();
        try (Tensors copy = Tensors.create(folder.values(0), layout)) {
          float[] chunk = new float[CHUNK];
          for (long at = 0; at < layout.parameters(); at += CHUNK) {
            int count = (int) Math.min(CHUNK, layout.parameters() - at);
            source.read(at, chunk, count);
            copy.write(at, chunk, count);
          }
          copy.force();
        }
        Path original = folder.original(file);
        Plugins.format(file).copy(file, original);
        return open(0, folder, read.architecture(), layout, original);
      }
    } catch (TrainingException unreadable) {
      throw new NodeException(Reason.MODEL_UNREADABLE, unreadable);
    } catch (IOException failure) {
      throw DiskFailure.of(failure);
    }
  }

  private static GlobalModelFile open(
      int round, RunFolder folder, String architecture, ModelLayout layout, Path original)
      throws IOException {
    return new GlobalModelFile(
        round,
        new GlobalModel(architecture, Tensors.open(folder.values(round), 0, layout)),
        original);
  }

  /// Opens what `round` made and deletes this one.
  GlobalModelFile replacedBy(int round, RunFolder folder) throws IOException {
    GlobalModelFile next =
        open(round, folder, model.architecture(), model.tensors().layout(), original);
    close();
    Files.deleteIfExists(folder.values(this.round));
    return next;
  }

  /// Writes it for people and other programs, and in the form in which it came.
  void export(RunFolder folder) throws NodeException {
    for (String extension : EXPORTED) {
      Path file = folder.model(extension);
      try {
        Plugins.format(file).write(model, file);
      } catch (TrainingException failure) {
        throw new NodeException(Reason.DISK, failure);
      }
    }
    try {
      Plugins.format(original).rewrite(model, original, folder.result(original));
    } catch (TrainingException failure) {
      throw new NodeException(Reason.DISK, failure);
    }
  }

  @Override
  public void close() {
    model.tensors().close();
  }
}
