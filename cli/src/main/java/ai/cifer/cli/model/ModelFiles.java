package ai.cifer.cli.model;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ArchitectureProvider;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import ai.cifer.node.Plugins;
import ai.cifer.node.config.TrainerChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeSet;

/// Makes and opens model files.
public final class ModelFiles {

  /// How long a program may be silent while it makes a model: loading a framework takes seconds.
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private ModelFiles() {}

  /// Writes a fresh model; the same seed gives the same bits.
  ///
  /// @throws CommandFailed if the architecture or the format of `out` is unknown
  public static void create(String architecture, long seed, Path out)
      throws CommandFailed, IOException {
    TreeSet<String> known = new TreeSet<>();
    for (ArchitectureProvider provider : ServiceLoader.load(ArchitectureProvider.class)) {
      known.addAll(provider.names());
      if (provider.names().contains(GlobalModel.label(architecture))) {
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
    Files.createDirectories(folder(out));
    try {
      GlobalModel model = provider.initialise(architecture, seed);
      try (Tensors tensors = model.tensors()) {
        format.write(new GlobalModel(architecture, tensors), out);
      }
    } catch (TrainingException failure) {
      throw new CommandFailed(ExitCode.DISK, String.valueOf(failure.getMessage()), failure);
    }
  }

  /// Writes the fresh model of a program of the user's.
  ///
  /// @throws NodeException if the program makes none
  public static void create(TrainerChoice trainer, long seed, Path out)
      throws CommandFailed, NodeException, IOException {
    ModelFormat format = format(out);
    Path folder = folder(out);
    Files.createDirectories(folder);
    GlobalModel model = Plugins.initialModel(trainer, seed, folder, PATIENCE);
    try (Tensors _ = model.tensors()) {
      format.write(model, out);
    } catch (TrainingException failure) {
      throw new CommandFailed(ExitCode.DISK, String.valueOf(failure.getMessage()), failure);
    }
  }

  private static Path folder(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  /// Opens a model; its tensors are the caller's to close.
  ///
  /// @throws CommandFailed if it is missing or malformed
  public static GlobalModel read(Path file) throws CommandFailed {
    try {
      return format(file).read(file);
    } catch (TrainingException failure) {
      throw new CommandFailed(
          ExitCode.MODEL_UNREADABLE, String.valueOf(failure.getMessage()), failure);
    }
  }

  /// What a file holds.
  ///
  /// @throws CommandFailed if it is missing or malformed
  public static ModelSummary summary(Path file) throws CommandFailed {
    try {
      return format(file).summary(file);
    } catch (TrainingException failure) {
      throw new CommandFailed(
          ExitCode.MODEL_UNREADABLE, String.valueOf(failure.getMessage()), failure);
    }
  }

  /// Writes a model in the form that the name of `out` says.
  ///
  /// @param like a file of that form, or a folder, whose everything but the values is taken over
  public static void write(GlobalModel model, Optional<Path> like, Path out) throws CommandFailed {
    try {
      // A folder is not known by its name.
      ModelFormat format = format(like.filter(Files::isDirectory).orElse(out));
      if (like.isEmpty()) {
        format.write(model, out);
      } else if (format.handles(like.get())) {
        format.rewrite(model, like.get(), out);
      } else {
        throw new CommandFailed(
            ExitCode.USAGE,
            "--like %s (expected: a file of the form %s)".formatted(like.get(), format.name()));
      }
    } catch (TrainingException failure) {
      throw new CommandFailed(ExitCode.DISK, String.valueOf(failure.getMessage()), failure);
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
        "%s: no known format (expected: one of %s; files are known by their endings)"
            .formatted(file, String.join(", ", known)));
  }
}
