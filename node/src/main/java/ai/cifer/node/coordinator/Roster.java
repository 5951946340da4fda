package ai.cifer.node.coordinator;

import ai.cifer.node.identity.IdentityRefused;
import ai.cifer.node.identity.Participant;
import ai.cifer.node.identity.Role;
import ai.cifer.transport.LinkRefused;
import ai.cifer.transport.Session;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Who is connected. Every method may be called from any thread.
final class Roster {

  private final Map<String, Seat> seats = new TreeMap<>();

  /// When those who were here and are not any more lost their link.
  private final Map<String, Long> leftNanos = new TreeMap<>();

  /// Gives a participant its seat. A second connection under the same name replaces the first: it
  /// is the same participant by its certificate, whose old connection died without a sign.
  ///
  /// @throws LinkRefused if its certificate does not make it a participant
  Seat admit(Session session) throws LinkRefused {
    Participant participant = participant(session.peer());
    if (participant.role() == Role.COORDINATOR) {
      throw LinkRefused.declined(
          "role of %s: coordinator (expected: client or key-holder)".formatted(participant.name()));
    }
    Seat seat = new Seat(participant, session);
    Seat replaced;
    synchronized (this) {
      replaced = seats.put(participant.name(), seat);
      leftNanos.remove(participant.name());
    }
    if (replaced != null) {
      replaced.session.close("replaced by a newer connection of %s".formatted(participant.name()));
    }
    return seat;
  }

  private static Participant participant(X509Certificate certificate) throws LinkRefused {
    try {
      return Participant.of(certificate);
    } catch (IdentityRefused refused) {
      throw LinkRefused.declined(String.valueOf(refused.getMessage()));
    }
  }

  /// The seat of whoever shows this certificate.
  ///
  /// @throws LinkRefused if its certificate does not make it a participant
  /// @throws IOException if it is not connected: its link was lost, and it may come back
  Seat seat(X509Certificate certificate) throws IOException {
    String name = participant(certificate).name();
    synchronized (this) {
      Seat seat = seats.get(name);
      if (seat == null) {
        throw new IOException(name + " has no session (expected: open one first)");
      }
      return seat;
    }
  }

  synchronized Optional<Seat> seat(String name) {
    return Optional.ofNullable(seats.get(name));
  }

  /// Frees a seat, unless its participant has taken a new one meanwhile.
  ///
  /// @return whether it was freed
  synchronized boolean leave(Seat seat) {
    boolean freed = seats.remove(seat.name(), seat);
    if (freed) {
      leftNanos.put(seat.name(), System.nanoTime());
    }
    return freed;
  }

  /// Frees all seats: those who sit there are not counted any more, though their links live on.
  synchronized void freeAll() {
    seats.clear();
    leftNanos.clear();
  }

  /// For how long a participant that was here has been without a link; empty if it has one, or
  /// never had.
  synchronized OptionalLong awayNanos(String name) {
    Long left = leftNanos.get(name);
    return left == null ? OptionalLong.empty() : OptionalLong.of(System.nanoTime() - left);
  }

  /// Those of a role that said they are ready, by name, without those that take no round.
  synchronized List<Seat> joined(Role role) {
    return seats.values().stream()
        .filter(seat -> seat.joined() && !seat.abstains() && seat.participant.role() == role)
        .toList();
  }

  /// Whether somebody is here that takes no round of this run.
  synchronized boolean hasAbstainers() {
    return seats.values().stream().anyMatch(Seat::abstains);
  }

  synchronized List<Seat> all() {
    return List.copyOf(seats.values());
  }
}
