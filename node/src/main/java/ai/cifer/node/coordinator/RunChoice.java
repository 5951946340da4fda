package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.store.EventLog;
import ai.cifer.node.store.JsonFile;
import ai.cifer.node.store.RunFolder;
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
record RunChoice(RunFolder folder, Optional<Checkpoint> checkpoint) {

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
      return killed.isPresent()
          ? killed.get()
          : new RunChoice(
              RunFolder.create(config.runs(), RUN_ID.format(clock.instant())), Optional.empty());
    } catch (FileAlreadyExistsException exists) {
      throw new NodeException(Reason.CONFIG_INVALID, "run_id: " + exists.getReason(), exists);
    } catch (IOException failure) {
      throw DiskFailure.of(failure);
    }
  }

  private static RunChoice named(ServerConfig config, Strategy strategy, RunFolder folder)
      throws IOException, NodeException {
    if (Files.exists(folder.checkpoint())) {
      Optional<String> other = difference(config, strategy, folder);
      if (other.isPresent()) {
        throw new NodeException(
            Reason.CONFIG_INVALID,
            "%s: not what run %s began with (expected: as in %s, to go on with it; or another run_id)"
                .formatted(other.get(), folder.run(), folder.config()));
      }
      return new RunChoice(folder, Optional.of(Checkpoint.read(folder.checkpoint())));
    }
    if (Files.exists(folder.events()) && !EventLog.saysEnded(folder.events())) {
      // It ended before anything was done: no participant was told of a round.
      folder.discard();
    }
    return new RunChoice(RunFolder.create(config.runs(), folder.run()), Optional.empty());
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
    for (Path run : runs) {
      RunFolder folder = RunFolder.of(config.runs(), String.valueOf(run.getFileName()));
      if (Files.exists(folder.checkpoint()) && difference(config, strategy, folder).isEmpty()) {
        Checkpoint checkpoint = Checkpoint.read(folder.checkpoint());
        return checkpoint.ended().isPresent() || EventLog.isInUse(folder.events())
            ? Optional.empty()
            : Optional.of(new RunChoice(folder, Optional.of(checkpoint)));
      }
    }
    return Optional.empty();
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
}
