package ai.cifer.node.coordinator;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/// The one liveness rule: whoever is awaited and makes no progress for the patience of the run is
/// given up. Bytes, messages, and being asked for something new count as progress; what is only
/// told counts for whoever owes work that takes long, which is a segment. Answers of helpers take
/// moments: one that told of steps instead of answering would hold up everybody for ever.
///
/// A link that broke says more than silence: its owner is gone, or tries at once to come back. So
/// the patience with it is shorter, the [#grace], and counts from the moment when the link broke; a
/// question that it could not hear changes nothing.
final class Liveness {

  /// Twice the longest pause between a participant's attempts to connect.
  private static final Duration RETURN = Duration.ofSeconds(10);

  /// Whoever sets a long patience expects long outages.
  private static final int GRACES_IN_PATIENCE = 6;

  private final Roster roster;
  private final long patienceNanos;
  private final long graceNanos;

  /// How long whoever cannot be replaced may take to come back.
  private final long longGraceNanos;

  private final Map<String, Long> askedAt = new HashMap<>();

  /// @param grace how long whoever lost its link may take to come back; zero if nobody does
  Liveness(Roster roster, Duration patience, Duration grace) {
    this.roster = roster;
    this.patienceNanos = patience.toNanos();
    this.graceNanos = grace.toNanos();
    this.longGraceNanos = grace.isZero() ? 0 : patienceNanos;
  }

  /// How long whoever lost its link may take to come back: a sixth of the patience, but at least
  /// ten seconds if the patience is as long.
  static Duration grace(Duration patience) {
    Duration part = patience.dividedBy(GRACES_IN_PATIENCE);
    Duration longer = part.compareTo(RETURN) > 0 ? part : RETURN;
    return longer.compareTo(patience) < 0 ? longer : patience;
  }

  /// The clock of a participant starts when it is asked, not when it last had something to say.
  void asked(String name) {
    askedAt.put(name, System.nanoTime());
  }

  /// Why a participant is given up, if it is.
  ///
  /// @param works whether it owes a segment, so that told progress counts
  /// @param irreplaceable whether nobody can stand in for it: it has the whole patience to come
  ///   back
  Optional<String> givenUp(String name, boolean works, boolean irreplaceable) {
    ToLongFunction<Seat> nanos = works ? Seat::idleNanos : Seat::silentNanos;
    return irreplaceable
        ? givenUp(name, nanos, longGraceNanos, "patience")
        : givenUp(name, nanos, graceNanos, "grace");
  }

  private Optional<String> givenUp(
      String name, ToLongFunction<Seat> nanos, long awayNanos, String awayLimit) {
    long now = System.nanoTime();
    long silent = now - askedAt.getOrDefault(name, now);
    Optional<Seat> seat = roster.seat(name);
    if (seat.isPresent()) {
      return tooLong(
          Math.min(silent, nanos.applyAsLong(seat.get())), patienceNanos, "connected", "patience");
    }
    OptionalLong away = roster.awayNanos(name);
    return away.isPresent()
        ? tooLong(away.getAsLong(), awayNanos, "disconnected", awayLimit)
        : tooLong(silent, patienceNanos, "disconnected", "patience");
  }

  private static Optional<String> tooLong(long silent, long limit, String state, String limitName) {
    return silent < limit
        ? Optional.empty()
        : Optional.of(
            "%s, no progress for %.1f s (%s: %.1f s)"
                .formatted(state, silent / 1e9, limitName, limit / 1e9));
  }
}
