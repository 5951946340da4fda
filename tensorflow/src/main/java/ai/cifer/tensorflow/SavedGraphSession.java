package ai.cifer.tensorflow;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.model.tensorflow.SavedModelFolder;
import ai.cifer.training.model.tensorflow.Signature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/// A SavedModel in TensorFlow's memory, on one thread. Its graph runs in this process with all
/// rights of it, so it never comes from the network: each participant names its own folder, and the
/// digest of the graph is what the round signs.
///
/// Values go in and out through checkpoints, the graph's own form.
final class SavedGraphSession implements AutoCloseable {

  private final Path work;
  private final SavedModelFolder folder;
  private final SavedModelBundle bundle;

  private SavedGraphSession(Path work, SavedModelFolder folder, SavedModelBundle bundle) {
    this.work = work;
    this.folder = folder;
    this.bundle = bundle;
  }

  /// @param graph the participant's own folder
  /// @throws TrainingException if it is another graph than that of the model, or its tensors are
  ///   not the model's
  static SavedModelFolder checked(Path graph, String architecture, ModelLayout layout)
      throws TrainingException {
    try {
      SavedModelFolder folder = SavedModelFolder.read(graph);
      if (!architecture.equals(SavedModelFolder.PREFIX + folder.digest())) {
        throw new TrainingException(
            "graph_path %s: %s (expected: the graph of this run, %s)"
                .formatted(
                    graph,
                    SavedModelFolder.PREFIX + folder.digest(),
                    GlobalModel.label(architecture)));
      }
      if (!folder.model().layout().equals(layout)) {
        throw new TrainingException(
            "graph_path %s: variables %s (expected: those of the model, %s)"
                .formatted(graph, folder.model().layout(), layout));
      }
      return folder;
    } catch (IOException malformed) {
      throw new TrainingException(
          "graph_path %s: %s".formatted(graph, malformed.getMessage()), malformed);
    }
  }

  static SavedGraphSession open(GlobalModel model, Path graph) throws TrainingException {
    SavedModelFolder folder = checked(graph, model.architecture(), model.tensors().layout());
    Path work;
    try {
      work = Files.createTempDirectory("cifer-savedmodel");
    } catch (IOException failure) {
      throw new TrainingException("temporary files: " + failure.getMessage(), failure);
    }
    try {
      Path copy = work.resolve("model");
      SavedModelFolder.rewrite(graph, model.tensors(), copy);
      return new SavedGraphSession(work, folder, load(copy));
    } catch (IOException failure) {
      delete(work);
      throw new TrainingException(
          "graph_path %s: %s".formatted(graph, failure.getMessage()), failure);
    } catch (TensorFlowException failure) {
      delete(work);
      throw new TrainingException(
          "graph_path %s: TensorFlow refuses it: %s".formatted(graph, failure.getMessage()),
          failure);
    } catch (LinkageError missing) {
      delete(work);
      throw new TrainingException(
          "TensorFlow does not start: %s (expected: a build with -Ptensorflow on Linux x86-64, macOS arm64 or Windows x64)"
              .formatted(missing),
          missing);
    }
  }

  private static SavedModelBundle load(Path folder) {
    ConfigProto oneThread =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(1)
            .setInterOpParallelismThreads(1)
            .build();
    return SavedModelBundle.loader(folder.toString())
        .withTags(SavedModelBundle.DEFAULT_TAG)
        .withConfigProto(oneThread)
        .load();
  }

  /// @throws TrainingException unless the graph offers it
  Signature signature(String name) throws TrainingException {
    Optional<Signature> found =
        folder.signatures().stream().filter(each -> each.name().equals(name)).findFirst();
    if (found.isEmpty()) {
      throw new TrainingException(
          "signature %s: missing (expected: one of the graph's; it has %s)"
              .formatted(name, folder.signatures().stream().map(Signature::name).toList()));
    }
    return found.get();
  }

  /// Runs a signature.
  ///
  /// @param wanted names of outputs that are one number each
  /// @return their values
  double[] run(String name, Map<String, Tensor> inputs, List<String> wanted)
      throws TrainingException {
    try (Result result = bundle.function(name).call(inputs)) {
      double[] values = new double[wanted.size()];
      for (int i = 0; i < values.length; i++) {
        Optional<Tensor> output = result.get(wanted.get(i));
        if (output.isEmpty() || !(output.get() instanceof TFloat32 number) || number.rank() != 0) {
          throw new TrainingException(
              "signature %s: output %s (expected: one float32; it gives %s)"
                  .formatted(name, wanted.get(i), signature(name).outputs().keySet()));
        }
        values[i] = number.getFloat();
      }
      return values;
    } catch (TensorFlowException failure) {
      throw new TrainingException(
          "TensorFlow failed in %s: %s".formatted(name, failure.getMessage()), failure);
    }
  }

  /// The present values of all variables, which are the caller's to close.
  Tensors values() throws TrainingException {
    SaverDef saver = bundle.metaGraphDef().getSaverDef();
    Path prefix = work.resolve("trained");
    try (TString name = TString.scalarOf(prefix.toString());
        Result _ =
            bundle
                .session()
                .runner()
                .feed(saver.getFilenameTensorName(), name)
                .fetch(saver.getSaveTensorName())
                .run()) {
      return SavedModelFolder.values(prefix);
    } catch (IOException failure) {
      throw new TrainingException("TensorFlow's checkpoint: " + failure.getMessage(), failure);
    } catch (TensorFlowException failure) {
      throw new TrainingException("TensorFlow cannot save: " + failure.getMessage(), failure);
    }
  }

  @Override
  public void close() {
    bundle.close();
    delete(work);
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException left) {
      System.getLogger(SavedGraphSession.class.getName())
          .log(System.Logger.Level.WARNING, "temporary files are left: " + left.getMessage());
    }
  }
}
