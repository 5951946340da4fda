package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.store.EventLog;
import ai.cifer.node.store.JsonFile;
import ai.cifer.node.store.RunFolder;
import ai.cifer.node.store.RunLock;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Which run a coordinator that starts carries out: one that it left unfinished, or a new one.
///
/// A run that the configuration names by `run_id` goes on if it is there and not finished, however
/// it ended. Without a `run_id` the newest run goes on if its coordinator was killed and it was
/// told the same as this one; a run that ended with a reason does not go on by itself.
///
/// @param checkpoint where it stands; empty if it begins
/// @param lock keeps other coordinators from it
record RunChoice(RunFolder folder, Optional<Checkpoint> checkpoint, RunLock lock)
    implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(RunChoice.class.getName());

  private static final DateTimeFormatter RUN_ID =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  /// What may be another when a run goes on: how long it lasts, and how long somebody is waited
  /// for.
  private static final List<String> MAY_CHANGE = List.of("run_id", "rounds", "patience");

  static RunChoice of(ServerConfig config, Strategy strategy, InstantSource clock)
      throws NodeException {
    try {
      if (config.run().isPresent()) {
        return named(config, strategy, RunFolder.of(config.runs(), config.run().get()));
      }
      Optional<RunChoice> killed = killed(config, strategy);
      if (killed.isPresent()) {
        return killed.get();
      }
      RunFolder begun = RunFolder.create(config.runs(), RUN_ID.format(clock.instant()));
      return new RunChoice(begun, Optional.empty(), lock(begun));
    } catch (FileAlreadyExistsException exists) {
      throw new NodeException(Reason.CONFIG_INVALID, "run_id: " + exists.getReason(), exists);
    } catch (IOException failure) {
      throw DiskFailure.of(failure);
    }
  }

  private static RunLock lock(RunFolder folder) throws IOException, NodeException {
    return RunLock.take(folder)
        .orElseThrow(() ->
            new NodeException(
                Reason.CONFIG_INVALID,
                "run_id: another coordinator carries out run %s now (expected: one for each run; end that one, or take another run_id)"
                    .formatted(folder.run())));
  }

  private static RunChoice named(ServerConfig config, Strategy strategy, RunFolder folder)
      throws IOException, NodeException {
    if (!Files.exists(folder.checkpoint())
        && Files.exists(folder.events())
        && EventLog.saysEnded(folder.events())) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "run_id: run %s exists already (expected: a new run_id)".formatted(folder.run()));
    }
    RunLock lock = lock(folder);
    try {
      return named(config, strategy, folder, lock);
    } catch (IOException | NodeException | RuntimeException failure) {
      lock.close();
      throw failure;
    }
  }

  private static RunChoice named(
      ServerConfig config, Strategy strategy, RunFolder folder, RunLock lock)
      throws IOException, NodeException {
    if (Files.exists(folder.checkpoint())) {
      Optional<String> other = difference(config, strategy, folder);
      if (other.isPresent()) {
        throw new NodeException(
            Reason.CONFIG_INVALID,
            "%s: not what run %s began with (expected: as in %s, to go on with it; or another run_id)"
                .formatted(other.get(), folder.run(), folder.config()));
      }
      return new RunChoice(folder, Optional.of(Checkpoint.read(folder.checkpoint())), lock);
    }
    if (Files.exists(StatisticsRounds.folder(folder))) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "run_id: the coordinator of run %s ended while it measured constants of preprocessing; participants have answered, so that it cannot begin anew (expected: another run_id)"
              .formatted(folder.run()));
    }
    // It ended before anything was done: no participant was told of a round.
    folder.discard();
    return new RunChoice(RunFolder.create(config.runs(), folder.run()), Optional.empty(), lock);
  }

  private static Optional<RunChoice> killed(ServerConfig config, Strategy strategy)
      throws IOException {
    if (!Files.isDirectory(config.runs())) {
      return Optional.empty();
    }
    List<Path> runs;
    try (Stream<Path> inside = Files.list(config.runs())) {
      runs = inside.sorted(Comparator.reverseOrder()).toList();
    }
    boolean newest = true;
    for (Path run : runs) {
      RunFolder folder = RunFolder.of(config.runs(), String.valueOf(run.getFileName()));
      if (Files.exists(folder.checkpoint())) {
        if (isSame(config, strategy, folder, newest)) {
          return unlessInUse(folder);
        }
        newest = false;
      }
    }
    return Optional.empty();
  }

  /// @return empty if another coordinator carries it out, or it ended with a reason
  private static Optional<RunChoice> unlessInUse(RunFolder folder) throws IOException {
    Optional<RunLock> lock = RunLock.take(folder);
    Optional<RunChoice> choice = Optional.empty();
    if (lock.isEmpty()) {
      return choice;
    }
    try {
      Checkpoint checkpoint = Checkpoint.read(folder.checkpoint());
      if (checkpoint.ended().isEmpty()) {
        choice = Optional.of(new RunChoice(folder, Optional.of(checkpoint), lock.get()));
      }
      return choice;
    } finally {
      if (choice.isEmpty()) {
        lock.get().close();
      }
    }
  }

  /// Whether a run was told the same. One that cannot be read is none to go on with silently, if it
  /// is the newest; an older one stands in nobody's way.
  private static boolean isSame(
      ServerConfig config, Strategy strategy, RunFolder folder, boolean newest) throws IOException {
    try {
      return difference(config, strategy, folder).isEmpty();
    } catch (IOException unreadable) {
      if (newest) {
        throw unreadable;
      }
      LOG.log(
          System.Logger.Level.WARNING,
          "run {0} is passed over: {1}",
          folder.run(),
          unreadable.getMessage());
      return false;
    }
  }

  /// @return the first key of `config.json` that says something else now
  private static Optional<String> difference(
      ServerConfig config, Strategy strategy, RunFolder folder) throws IOException {
    JsonNode before = JsonFile.read(folder.config());
    JsonNode now = JsonFile.tree(new RecordedConfig(config, strategy, folder.run()));
    return now.propertyNames().stream()
        .filter(key -> !MAY_CHANGE.contains(key) && !now.path(key).equals(before.path(key)))
        .findFirst();
  }

  /// Begins the log, or goes on with it.
  EventLog log(InstantSource clock) throws IOException {
    return checkpoint.isPresent()
        ? EventLog.append(folder.events(), clock)
        : EventLog.create(folder.events(), clock);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
