package ai.cifer.node.coordinator;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The one liveness rule: whoever is awaited and makes no progress for the patience of the run is
/// given up. Bytes, messages, and being asked for something new count as progress.
final class Liveness {

  private final Roster roster;
  private final long patienceNanos;
  private final Map<String, Long> askedAt = new HashMap<>();

  Liveness(Roster roster, Duration patience) {
    this.roster = roster;
    this.patienceNanos = patience.toNanos();
  }

  /// The clock of a participant starts when it is asked, not when it last had something to say. For
  /// one that is not there it goes on: it cannot have heard the question.
  void asked(String name) {
    if (roster.seat(name).isPresent()) {
      askedAt.put(name, System.nanoTime());
    } else {
      askedAt.putIfAbsent(name, System.nanoTime());
    }
  }

  /// Whoever lost its link has the whole patience to come back.
  void left(String name) {
    askedAt.put(name, System.nanoTime());
  }

  /// Why a participant is given up, if it is.
  Optional<String> givenUp(String name) {
    long silent = System.nanoTime() - askedAt.getOrDefault(name, System.nanoTime());
    Optional<Seat> seat = roster.seat(name);
    if (seat.isPresent()) {
      silent = Math.min(silent, seat.get().silentNanos());
    }
    if (silent < patienceNanos) {
      return Optional.empty();
    }
    return Optional.of(
        "%s, no progress for %.1f s (patience: %.1f s)"
            .formatted(
                seat.isPresent() ? "connected" : "disconnected",
                silent / 1e9,
                patienceNanos / 1e9));
  }
}
