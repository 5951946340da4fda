package ai.cifer.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The folder of one run.
///
/// ```
/// runs/<id>/
///   config.json          what the coordinator was told
///   events.jsonl         what happened, one JSON object a line, forced to disk before it takes effect
///   metrics.json         the figures of every completed round
///   model.safetensors    the global model after the last completed round, and the same as npz
///   work/                models and uploaded segments of the round that is running
/// ```
public final class RunFolder {

  private final String run;
  private final Path path;

  private RunFolder(String run, Path path) {
    this.run = run;
    this.path = path;
  }

  /// Makes the folder.
  ///
  /// @throws FileAlreadyExistsException if there is a run of that id
  public static RunFolder create(Path runs, String run) throws IOException {
    Files.createDirectories(runs);
    Path path = runs.resolve(run);
    // A demo or a person may have put configs there before; what must not exist is a log.
    Files.createDirectories(path.resolve("work"));
    if (Files.exists(path.resolve("events.jsonl"))) {
      throw new FileAlreadyExistsException(
          path.toString(), null, "run %s exists already (expected: a new run_id)".formatted(run));
    }
    return new RunFolder(run, path);
  }

  public String run() {
    return run;
  }

  public Path path() {
    return path;
  }

  public Path config() {
    return path.resolve("config.json");
  }

  public Path events() {
    return path.resolve("events.jsonl");
  }

  public Path metrics() {
    return path.resolve("metrics.json");
  }

  /// Where a finished model goes, for example `model.npz`.
  public Path model(String extension) {
    return path.resolve("model." + extension);
  }

  /// Where a copy of the model that the run begins with goes; its name ends as that of `file`.
  public Path original(Path file) {
    return path.resolve("work").resolve("model" + ending(file));
  }

  /// Where the finished model goes in the form in which it came, for example `model.h5`.
  public Path result(Path original) {
    return path.resolve("model" + ending(original));
  }

  /// Of `m.weights.h5` it is `.weights.h5`; of a folder, or an index of several files, nothing.
  private static String ending(Path file) {
    String name = String.valueOf(file.getFileName());
    if (Files.isDirectory(file) || name.endsWith(".index.json") || name.lastIndexOf('.') < 0) {
      return "";
    }
    return name.endsWith(".weights.h5") ? ".weights.h5" : name.substring(name.lastIndexOf('.'));
  }

  /// The raw values of the global model after `round`; 0 is the initial one.
  public Path values(int round) {
    return path.resolve("work").resolve("model-%06d.f32".formatted(round));
  }

  /// A vector that the strategy remembers after `round`; 0 is the beginning.
  public Path memory(int round, String name) {
    return path.resolve("work").resolve("memory-%06d-%s.f32".formatted(round, name));
  }

  /// The mean update of `round` while its segments are being opened.
  public Path mean(int round) {
    return path.resolve("work").resolve("mean-%06d.f32".formatted(round));
  }

  /// The folder of the segments uploaded in `round`.
  public Path segments(int round) {
    return path.resolve("work").resolve("round-%06d".formatted(round));
  }

  /// Deletes what only a running round needs: nothing that a certified sum depends on is left
  /// there.
  public void deleteRound(int round) throws IOException {
    deleteTree(segments(round));
    Files.deleteIfExists(mean(round));
  }

  /// Deletes the working files once the finished model is written.
  public void deleteWork() throws IOException {
    deleteTree(path.resolve("work"));
  }

  private static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> tree = Files.walk(folder)) {
      deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    }
    for (Path each : deepestFirst) {
      Files.deleteIfExists(each);
    }
  }
}
