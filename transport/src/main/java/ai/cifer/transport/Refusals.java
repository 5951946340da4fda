package ai.cifer.transport;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says that somebody was turned away: once a minute for each peer and reason, however often it
/// happens, so that a flood of connections is none of log lines.
final class Refusals {
  static final Duration PERIOD = Duration.ofMinutes(1);

  /// So many peers and reasons are told apart; the oldest are forgotten.
  private static final int MOST_KINDS = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  private final LongSupplier nanos;
  private final Map<String, Kind> kinds =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kind> eldest) {
          return size() > MOST_KINDS;
        }
      };
  private long total;

  private static final class Kind {
    private long toldNanos;
    private long untold;
  }

  Refusals(LongSupplier nanos) {
    this.nanos = nanos;
  }

  synchronized void refused(String peer, String reason) {
    total++;
    String line = peer + ": " + Printable.of(reason);
    long now = nanos.getAsLong();
    Kind kind = kinds.get(line);
    if (kind != null && now - kind.toldNanos < PERIOD.toNanos()) {
      kind.untold++;
      return;
    }
    if (kind == null) {
      kind = new Kind();
      kinds.put(line, kind);
    }
    if (kind.untold == 0) {
      LOG.warn("Refused {}", line);
    } else {
      LOG.warn("Refused {} ({} more times since it was last said)", line, kind.untold);
    }
    kind.toldNanos = now;
    kind.untold = 0;
  }

  synchronized long total() {
    return total;
  }
}
