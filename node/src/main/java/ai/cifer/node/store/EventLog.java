package ai.cifer.node.store;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunEvent.Advanced;
import ai.cifer.fedlearn.history.RunEvent.AttemptFailed;
import ai.cifer.fedlearn.history.RunEvent.Progress;
import ai.cifer.fedlearn.history.RunEvent.RoundCompleted;
import ai.cifer.fedlearn.history.RunEvent.RoundOpened;
import ai.cifer.fedlearn.history.RunEvent.RoundOverridden;
import ai.cifer.fedlearn.history.RunEvent.RoundVoided;
import ai.cifer.fedlearn.history.RunEvent.RunEnded;
import ai.cifer.fedlearn.history.RunEvent.RunResumed;
import ai.cifer.fedlearn.history.RunEvent.SegmentAbandoned;
import ai.cifer.fedlearn.history.RunListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The append-only event log of a run: one JSON object a line.
///
/// ```
/// {"time":"2026-11-22T12:00:00Z","event":"segment_stored","round":3,"client":"client-2","segment":0}
/// ```
///
/// It is for people and tools; what a coordinator goes on from is in the journal of the round and
/// in the checkpoint. What the phase machine took in is forced to disk before its commands are
/// carried out, so that a coordinator that dies never did something that its log does not know of.
/// What commands nothing waits for the next that does: a dozen signatures cost one write to the
/// disk, and may be missing, or stand there twice, after a crash.
public final class EventLog implements RunListener, AutoCloseable {

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private final FileChannel channel;
  private final InstantSource clock;

  private EventLog(FileChannel channel, InstantSource clock) {
    this.channel = channel;
    this.clock = clock;
  }

  /// Begins the log of a run.
  public static EventLog create(Path file, InstantSource clock) throws IOException {
    return open(file, clock, StandardOpenOption.CREATE_NEW);
  }

  /// Goes on with the log of a run whose coordinator ended; half a line at its end is cut off.
  public static EventLog append(Path file, InstantSource clock) throws IOException {
    EventLog log = open(file, clock, StandardOpenOption.READ);
    try {
      log.channel.truncate(endOfLines(log.channel));
      return log;
    } catch (IOException failure) {
      log.close();
      throw failure;
    }
  }

  private static EventLog open(Path file, InstantSource clock, StandardOpenOption how)
      throws IOException {
    FileChannel channel = FileChannel.open(file, how, StandardOpenOption.WRITE);
    try {
      channel.position(channel.size());
      Durable.forceName(file);
      return new EventLog(channel, clock);
    } catch (IOException failure) {
      channel.close();
      throw failure;
    }
  }

  /// Whether it says that a round was completed.
  public static boolean saysCompleted(Path file, int round) throws IOException {
    return says(file, "\"event\":\"round_completed\",\"round\":%d,".formatted(round));
  }

  /// Whether it says that the run ended.
  public static boolean saysEnded(Path file) throws IOException {
    return says(file, "\"event\":\"run_ended\",");
  }

  private static boolean says(Path file, String words) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.anyMatch(line -> line.contains(words));
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    }
  }

  private static long endOfLines(FileChannel channel) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    long end = channel.size();
    while (end > 0) {
      channel.read(one.clear(), end - 1);
      if (one.get(0) == '\n') {
        break;
      }
      end--;
    }
    return end;
  }

  /// Tells this log first, then another listener.
  public RunListener before(RunListener other) {
    return new RunListener() {
      @Override
      public void on(RunEvent event) {
        EventLog.this.on(event);
        other.on(event);
      }

      @Override
      public void keep() {
        EventLog.this.keep();
      }
    };
  }

  /// @throws UncheckedIOException if the disk does not take it
  @Override
  public void on(RunEvent event) {
    if (event instanceof Progress) {
      return;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(line(event).getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      if (mustLast(event)) {
        channel.force(false);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void keep() {
    try {
      channel.force(false);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static boolean mustLast(RunEvent event) {
    return event instanceof RunResumed
        || event instanceof RoundOpened
        || event instanceof AttemptFailed
        || event instanceof SegmentAbandoned
        || event instanceof RoundCompleted
        || event instanceof RoundOverridden
        || event instanceof RoundVoided
        || event instanceof RunEnded;
  }

  private String line(RunEvent event) {
    ObjectNode line = JSON.createObjectNode();
    line.put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
    switch (event) {
      case Advanced(int round, var advance) -> {
        line.put("event", word(advance));
        line.put("round", round);
        line.setAll((ObjectNode) JSON.valueToTree(advance));
      }
      case RunResumed resumed -> {
        line.put("event", word(event));
        line.put("run", resumed.started().run());
        line.put("completed", resumed.rounds().size());
        line.put("round", resumed.round());
        line.put("open", resumed.open());
      }
      case RoundCompleted(var summary) -> {
        line.put("event", word(event));
        line.setAll((ObjectNode) JSON.valueToTree(summary));
        line.put("planned_clients", summary.planned().size());
        line.put("actual_clients", summary.actual().size());
      }
      default -> {
        line.put("event", word(event));
        line.setAll((ObjectNode) JSON.valueToTree(event));
      }
    }
    return JSON.writeValueAsString(line) + "\n";
  }

  /// `SegmentStored` becomes `segment_stored`.
  private static String word(Object event) {
    return event
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
        .toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
