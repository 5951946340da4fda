package ai.cifer.node;

import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainerProvider;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/// Finds trainers and model formats on the class path.
public final class Plugins {

  private Plugins() {}

  /// Opens the trainer of that name.
  ///
  /// @param graph the network of models whose file names none
  ///
  /// @throws NodeException if there is none, or its data is missing or malformed
  public static Trainer trainer(
      String name, Optional<Path> dataset, Dataset.Split split, Optional<Path> graph)
      throws NodeException {
    List<TrainerProvider> providers =
        ServiceLoader.load(TrainerProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    for (TrainerProvider provider : providers) {
      if (provider.name().equals(name)) {
        try {
          return provider.open(dataset, split, graph);
        } catch (TrainingException failure) {
          throw new NodeException(Reason.DATASET_UNREADABLE, failure);
        }
      }
    }
    throw new NodeException(
        Reason.CONFIG_INVALID,
        "trainer: %s (expected: one of %s)"
            .formatted(name, providers.stream().map(TrainerProvider::name).sorted().toList()));
  }

  /// Opens a model; where its file names no network, `graph` does.
  ///
  /// @throws TrainingException if one of the files is missing or malformed
  public static GlobalModel model(Path file, Optional<Path> graph)
      throws NodeException, TrainingException {
    GlobalModel model = format(file).read(file);
    if (graph.isEmpty() || !model.architecture().equals(GlobalModel.TENSORS_ONLY)) {
      return model;
    }
    try {
      return new GlobalModel(
          format(graph.get()).summary(graph.get()).architecture(), model.tensors());
    } catch (NodeException | TrainingException failure) {
      model.tensors().close();
      throw failure;
    }
  }

  /// The format of a file by its name.
  ///
  /// @throws NodeException if no format handles it
  public static ModelFormat format(Path file) throws NodeException {
    List<ModelFormat> formats =
        ServiceLoader.load(ModelFormat.class).stream().map(ServiceLoader.Provider::get).toList();
    for (ModelFormat format : formats) {
      if (format.handles(file)) {
        return format;
      }
    }
    throw new NodeException(
        Reason.MODEL_UNREADABLE,
        "format of %s: unknown (expected: one of %s)"
            .formatted(file, formats.stream().map(ModelFormat::name).sorted().toList()));
  }
}
