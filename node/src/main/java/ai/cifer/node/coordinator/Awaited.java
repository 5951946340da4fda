package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.node.Venue;
import ai.cifer.node.identity.Role;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Those who were connected when the coordinator ended. A round that began before they are back
/// would be smaller than the one that an undisturbed run has.
final class Awaited {
  private static final long TICK_MILLIS = 100;

  private final Coordinator coordinator;
  private final RunListener listener;
  private final Duration patience;
  private final long deadlineNanos;
  private final SortedSet<String> names;

  /// Whether it was waited: only a process that takes up a run does.
  private boolean over;

  Awaited(
      Coordinator coordinator, RunListener listener, Duration patience, Collection<String> names) {
    this.coordinator = coordinator;
    this.listener = listener;
    this.names = new TreeSet<>(names);
    this.patience = patience;
    deadlineNanos = System.nanoTime() + patience.toNanos();
  }

  /// Waits until they are back or the patience is over; later calls wait for nobody.
  ///
  /// @param round that waits
  /// @param members of the round, if it is open: how it ends all of them have to hear
  void await(int round, Collection<String> members) throws InterruptedException {
    if (!over) {
      names.addAll(members);
    }
    over = true;
    boolean told = false;
    while (!missing().isEmpty()
        && !coordinator.isStopping()
        && deadlineNanos - System.nanoTime() > 0) {
      if (!told) {
        told = true;
        listener.on(
            new RunEvent.Waiting(
                round, "for those who were here: " + String.join(", ", missing())));
      }
      coordinator.step(TICK_MILLIS);
    }
    names.clear();
  }

  private SortedSet<String> missing() {
    SortedSet<String> missing = new TreeSet<>(names);
    missing.removeAll(there());
    return missing;
  }

  private SortedSet<String> there() {
    SortedSet<String> there = new TreeSet<>();
    for (Role role : Role.values()) {
      coordinator.joined(role).forEach(seat -> there.add(seat.name()));
    }
    return there;
  }

  /// Asks participants to a round where its venue does so, and waits until they are there or the
  /// patience is over. Whoever came for an earlier round and has not left yet is not in this one.
  void invite(Venue venue, int round) throws InterruptedException {
    if (!venue.invites()) {
      return;
    }
    coordinator.roster().freeAll();
    Set<String> invited = venue.invite(round);
    long start = System.nanoTime();
    while (!there().containsAll(invited)
        && !coordinator.isStopping()
        && System.nanoTime() - start < patience.toNanos()) {
      coordinator.step(TICK_MILLIS);
    }
  }
}
