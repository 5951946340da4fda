package ai.cifer.node.store;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunEvent.Advanced;
import ai.cifer.fedlearn.history.RunEvent.AttemptFailed;
import ai.cifer.fedlearn.history.RunEvent.Progress;
import ai.cifer.fedlearn.history.RunEvent.RoundCompleted;
import ai.cifer.fedlearn.history.RunEvent.RoundOpened;
import ai.cifer.fedlearn.history.RunEvent.RoundVoided;
import ai.cifer.fedlearn.history.RunEvent.RunEnded;
import ai.cifer.fedlearn.history.RunListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The append-only event log of a run: one JSON object a line.
///
/// ```
/// {"time":"2026-11-22T12:00:00Z","event":"segment_stored","round":3,"client":"client-2","segment":0}
/// ```
///
/// What the phase machine took in is forced to disk before its commands are carried out, so that a
/// coordinator that dies never did something that its log does not know of. What commands nothing
/// waits for the next that does: a dozen signatures cost one write to the disk.
public final class EventLog implements RunListener, AutoCloseable {

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private final FileChannel channel;
  private final InstantSource clock;

  private EventLog(FileChannel channel, InstantSource clock) {
    this.channel = channel;
    this.clock = clock;
  }

  public static EventLog create(Path file, InstantSource clock) throws IOException {
    return new EventLog(
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND),
        clock);
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
    return event instanceof RoundOpened
        || event instanceof AttemptFailed
        || event instanceof RoundCompleted
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
