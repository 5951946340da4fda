package ai.cifer.node;

import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.ModelSource;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainerProgram;
import ai.cifer.fedlearn.train.TrainerProgramRunner;
import ai.cifer.fedlearn.train.TrainerProvider;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.config.ModelPlace;
import ai.cifer.node.config.TrainerChoice;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds trainers and model formats on the class path.
public final class Plugins {

  private Plugins() {}

  /// Opens the provider of that name; any other word begins the command line of a program.
  ///
  /// @param graph the network of models whose file names none; a program has its own
  /// @param place where a program's files and what it prints go
  /// @param patience how long a program may say nothing
  /// @throws NodeException if there is neither, its data is missing or malformed, or the program
  ///   does not get ready
  public static Trainer trainer(
      TrainerChoice choice,
      Optional<Path> dataset,
      Dataset.Split split,
      Optional<Path> graph,
      Path place,
      Duration patience)
      throws NodeException {
    List<TrainerProvider> providers =
        ServiceLoader.load(TrainerProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    try {
      for (TrainerProvider provider : providers) {
        if (provider.name().equals(choice.words())) {
          return provider.open(dataset, split, graph);
        }
      }
      return runner(choice, providers).start(program(choice, place, patience), dataset, split);
    } catch (TrainingException failure) {
      throw NodeException.of(Reason.DATASET_UNREADABLE, failure);
    }
  }

  /// A fresh model of a program.
  ///
  /// @throws NodeException if it makes none
  public static GlobalModel initialModel(
      TrainerChoice choice, long seed, Path place, Duration patience) throws NodeException {
    try {
      return runner(choice, List.of()).initialise(program(choice, place, patience), seed);
    } catch (TrainingException failure) {
      throw NodeException.of(Reason.MODEL_UNREADABLE, failure);
    }
  }

  private static TrainerProgram program(TrainerChoice choice, Path place, Duration patience) {
    return new TrainerProgram(
        TrainerProgram.words(choice.words()),
        choice.folder(),
        choice.environment(),
        place,
        place.resolve("trainer.log"),
        patience);
  }

  private static TrainerProgramRunner runner(TrainerChoice choice, List<TrainerProvider> providers)
      throws NodeException {
    List<String> words = TrainerProgram.words(choice.words());
    Optional<TrainerProgramRunner> runner =
        ServiceLoader.load(TrainerProgramRunner.class).findFirst();
    if (words.isEmpty() || runner.isEmpty() || !isProgram(words.getFirst(), choice)) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "trainer: %s (expected: one of %s, or a command whose program is on the PATH)"
              .formatted(
                  choice.words(), providers.stream().map(TrainerProvider::name).sorted().toList()));
    }
    return runner.get();
  }

  /// Whether the system would find a program of this name.
  private static boolean isProgram(String name, TrainerChoice choice) {
    if (name.contains("/") || name.contains("\\")) {
      return Files.isRegularFile(choice.folder().resolve(name));
    }
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(String.valueOf(System.getenv("PATH")))
        .anyMatch(folder ->
            Stream.of("", ".exe", ".bat", ".cmd")
                .anyMatch(suffix -> Files.isRegularFile(Path.of(folder, name + suffix))));
  }

  /// The file or folder of a model, which is fetched if it lies elsewhere.
  ///
  /// @throws NodeException if it cannot be fetched
  public static Path file(ModelPlace place) throws NodeException, InterruptedException {
    return switch (place) {
      case ModelPlace.Local(Path path) -> path;
      case ModelPlace.Remote remote -> fetched(remote);
    };
  }

  private static Path fetched(ModelPlace.Remote remote) throws NodeException, InterruptedException {
    for (ModelSource source : ServiceLoader.load(ModelSource.class)) {
      if (source.scheme().equals(remote.scheme())) {
        try {
          return source.fetch(remote.said(), remote.base().orElseGet(source::home), remote.cache());
        } catch (TrainingException failure) {
          throw new NodeException(Reason.MODEL_UNREADABLE, failure);
        }
      }
    }
    throw new NodeException(
        Reason.MODEL_UNREADABLE,
        "%s: nothing on the class path fetches from there (expected: cifer-training)"
            .formatted(remote.said()));
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
