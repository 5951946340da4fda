package ai.cifer.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The folder of one run.
///
/// ```
/// runs/<id>/
///   config.json          what the coordinator was told
///   events.jsonl         what happened, one JSON object a line, forced to disk before it takes effect
///   preprocessing.json   the steps with the constants that were measured, for whoever uses the model
///   metrics.json         the figures of every completed round
///   model.safetensors    the global model after the last completed round, and the same as npz
///   work/                as long as the run is not finished:
///     lock                 of the coordinator that carries it out
///     checkpoint           where it stands between rounds
///     model-*, memory-*    the global model, and what the strategy remembers
///     round-*/             what was taken in of the round that is open: journal, segments, shares
/// ```
public final class RunFolder {

  static final String LOCK = "lock";

  private static final Pattern OF_ROUND =
      Pattern.compile("(model|memory|mean|round)-([0-9]{6,9})(?:[-.].*)?");

  private final String run;
  private final Path path;

  private RunFolder(String run, Path path) {
    this.run = run;
    this.path = path;
  }

  /// The folder of that id, whether it is there or not.
  public static RunFolder of(Path runs, String run) {
    return new RunFolder(run, runs.resolve(run));
  }

  /// Makes the folder of a run that begins.
  ///
  /// @throws FileAlreadyExistsException if there is a run of that id
  public static RunFolder create(Path runs, String run) throws IOException {
    RunFolder folder = of(runs, run);
    // A demo or a person may have put configs there before; what must not exist is a log.
    if (Files.exists(folder.events())) {
      throw new FileAlreadyExistsException(
          folder.path().toString(),
          null,
          "run %s exists already (expected: a new run_id)".formatted(run));
    }
    Files.createDirectories(folder.work());
    Durable.forceName(folder.work());
    Durable.forceName(folder.path());
    return folder;
  }

  /// Deletes what a run left that did not get so far that it could go on. For whoever holds its
  /// [RunLock], which stays.
  public void discard() throws IOException {
    List<Path> files;
    try (Stream<Path> inside = Files.list(work())) {
      files = inside.filter(file -> !file.endsWith(LOCK)).toList();
    }
    for (Path file : files) {
      deleteTree(file);
    }
    Files.deleteIfExists(events());
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

  /// Where the run stands between rounds, as long as it is not finished.
  public Path checkpoint() {
    return work().resolve("checkpoint");
  }

  /// What only a run that is not finished needs.
  public Path work() {
    return path.resolve("work");
  }

  /// What was taken in of an open round.
  public Path journal(int round) {
    return segments(round).resolve("journal");
  }

  public Path metrics() {
    return path.resolve("metrics.json");
  }

  public Path preprocessing() {
    return path.resolve("preprocessing.json");
  }

  /// Where a finished model goes, for example `model.npz`.
  public Path model(String extension) {
    return path.resolve("model." + extension);
  }

  /// Where a copy of the model that the run begins with goes; its name ends as that of `file`.
  public Path original(Path file) {
    return work().resolve("model" + ending(file));
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
    return work().resolve("model-%06d.f32".formatted(round));
  }

  /// A vector that the strategy remembers after `round`; 0 is the beginning.
  public Path memory(int round, String name) {
    return work().resolve("memory-%06d-%s.f32".formatted(round, name));
  }

  /// The mean update of `round` while its segments are being opened.
  public Path mean(int round) {
    return work().resolve("mean-%06d.f32".formatted(round));
  }

  /// The folder of the segments uploaded in `round`.
  public Path segments(int round) {
    return work().resolve("round-%06d".formatted(round));
  }

  /// Deletes what only a running round needs: nothing that a certified sum depends on is left
  /// there.
  public void deleteRound(int round) throws IOException {
    deleteTree(segments(round));
    Files.deleteIfExists(mean(round));
  }

  /// Deletes what rounds left that are over, when a run goes on.
  ///
  /// @param base the round whose model and memory are kept
  /// @param round the one that is next or open
  public void deleteOthers(int base, int round) throws IOException {
    List<Path> files;
    try (Stream<Path> inside = Files.list(work())) {
      files = inside.toList();
    }
    for (Path file : files) {
      Matcher named = OF_ROUND.matcher(String.valueOf(file.getFileName()));
      if (named.matches()) {
        boolean working = named.group(1).equals("mean") || named.group(1).equals("round");
        if (Integer.parseInt(named.group(2)) != (working ? round : base)) {
          deleteTree(file);
        }
      }
    }
  }

  /// Deletes the working files once the finished model is written.
  public void deleteWork() throws IOException {
    deleteTree(work());
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
