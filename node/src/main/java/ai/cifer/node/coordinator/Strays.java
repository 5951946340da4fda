package ai.cifer.node.coordinator;

import java.time.Duration;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Participants whose link broke and who have not come back: at the end of a run they are looking
/// for a coordinator that is about to go. Safe for several threads.
final class Strays {

  /// How often it is looked whether somebody's grace is over.
  private static final long POLL_MILLIS = 100;

  private final SortedMap<String, Long> lostNanos = new TreeMap<>();

  synchronized void lost(String name) {
    lostNanos.put(name, System.nanoTime());
  }

  synchronized void back(String name) {
    lostNanos.remove(name);
    notifyAll();
  }

  /// Who lost its link less than `grace` ago.
  synchronized SortedSet<String> since(Duration grace) {
    long now = System.nanoTime();
    SortedSet<String> names = new TreeSet<>();
    lostNanos.forEach((name, lost) -> {
      if (now - lost < grace.toNanos()) {
        names.add(name);
      }
    });
    return names;
  }

  /// Returns when everybody is back who lost its link less than `grace` ago, or its grace is over.
  synchronized void await(Duration grace) throws InterruptedException {
    while (!since(grace).isEmpty()) {
      wait(POLL_MILLIS);
    }
  }
}
