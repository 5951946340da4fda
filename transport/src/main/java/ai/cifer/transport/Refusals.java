package ai.cifer.transport;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says that somebody was turned away: once a minute for each peer and reason, however often it
/// happens, and not more than so often in all, since whoever sends something else each time is
/// refused for another reason each time. So a flood of connections is none of log lines.
final class Refusals {
  static final Duration PERIOD = Duration.ofMinutes(1);

  /// Lines a period about strangers, and as many about participants, whom strangers shall not hide.
  static final int MOST_LINES = 60;

  /// So many peers and reasons are told apart; the oldest are forgotten.
  private static final int MOST_KINDS = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  private final LongSupplier nanos;
  private final Budget strangers;
  private final Budget participants;
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

  /// What may be said of some peers.
  private static final class Budget {
    private final String whose;
    private long beganNanos;
    private int said;
    private long unsaid;

    Budget(String whose, long now) {
      this.whose = whose;
      this.beganNanos = now;
    }

    /// Whether a line more may be said; begins a new period where it is time for it.
    boolean allows(long now) {
      if (now - beganNanos >= PERIOD.toNanos()) {
        if (unsaid > 0) {
          LOG.warn("Refused {} {} more times, each for a reason of its own", whose, unsaid);
        }
        beganNanos = now;
        said = 0;
        unsaid = 0;
      }
      if (said == MOST_LINES) {
        unsaid++;
        return false;
      }
      said++;
      return true;
    }
  }

  Refusals(LongSupplier nanos) {
    this.nanos = nanos;
    strangers = new Budget("strangers", nanos.getAsLong());
    participants = new Budget("participants", nanos.getAsLong());
  }

  /// @param address whose connection it was
  void stranger(String address, String reason) {
    refused(strangers, address, reason);
  }

  void refused(Caller caller, String reason) {
    refused(caller.certificate() == null ? strangers : participants, caller.name(), reason);
  }

  private synchronized void refused(Budget budget, String peer, String reason) {
    total++;
    String line = peer + ": " + Printable.of(reason);
    long now = nanos.getAsLong();
    Kind kind = kinds.get(line);
    if (kind != null && now - kind.toldNanos < PERIOD.toNanos()) {
      kind.untold++;
      return;
    }
    if (!budget.allows(now)) {
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
