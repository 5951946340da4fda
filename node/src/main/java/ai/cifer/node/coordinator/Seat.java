package ai.cifer.node.coordinator;

import ai.cifer.node.identity.Participant;
import ai.cifer.transport.Session;
import java.io.IOException;

/// One connected participant.
final class Seat {
  final Participant participant;
  final Session session;

  /// Examples of a client; below zero until it joined.
  private volatile long examples = -1;

  private volatile int activeRound;

  private volatile boolean abstains;

  private volatile long lastAliveNanos = System.nanoTime();

  private volatile long lastToldNanos = lastAliveNanos;

  private String lastStep = "";
  private long lastDone;

  Seat(Participant participant, Session session) {
    this.participant = participant;
    this.session = session;
  }

  String name() {
    return participant.name();
  }

  /// @throws IOException if a message of somebody else came over this seat's link
  void requireAuthor(String author) throws IOException {
    requireAuthor(name(), author);
  }

  /// @throws IOException if a message of somebody else came over the sender's link
  static void requireAuthor(String sender, String author) throws IOException {
    if (!author.equals(sender)) {
      throw new IOException("message of %s from %s (expected: its own)".formatted(author, sender));
    }
  }

  boolean joined() {
    return examples >= 0;
  }

  void join(long examples, int activeRound) {
    this.activeRound = activeRound;
    this.examples = examples;
  }

  /// The round that the process behind this seat held secrets of when it joined; 0 for none.
  int activeRound() {
    return activeRound;
  }

  /// Takes note that whoever sits here takes no round of this run; with another configuration it
  /// would be another process, which gets a seat of its own.
  void abstain() {
    abstains = true;
  }

  boolean abstains() {
    return abstains;
  }

  long examples() {
    return examples;
  }

  /// Takes note of told progress; it counts only if it goes on, not if it is told again.
  void progressed(String step, long done) {
    if (!step.equals(lastStep) || done > lastDone) {
      lastStep = step;
      lastDone = done;
      lastToldNanos = System.nanoTime();
    }
  }

  /// Bytes moved or something new came: the sign of life of the one liveness rule.
  void alive() {
    lastAliveNanos = System.nanoTime();
  }

  /// Since when nothing came.
  long silentNanos() {
    return System.nanoTime() - lastAliveNanos;
  }

  /// Since when nothing came and no progress was told.
  long idleNanos() {
    return Math.min(silentNanos(), System.nanoTime() - lastToldNanos);
  }
}
