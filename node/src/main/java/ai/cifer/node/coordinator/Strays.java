package ai.cifer.node.coordinator;

import java.time.Duration;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Participants that do not know yet how the run ended: those whose link broke and who have not
/// come back, and, from the moment of the goodbye on, those who have not answered it by leaving. At
/// the end of a run they look for a coordinator that is about to go. Safe for several threads.
final class Strays {

  /// Whoever is connected reads the goodbye at once, unless it is busy: then it reads it later.
  private static final Duration BUSY = Duration.ofSeconds(2);

  /// How often it is looked whether somebody's grace is over.
  private static final long POLL_MILLIS = 100;

  private final SortedMap<String, Long> lostNanos = new TreeMap<>();

  /// When those who are connected were told.
  private final SortedMap<String, Long> toldNanos = new TreeMap<>();

  synchronized void lost(String name) {
    toldNanos.remove(name);
    lostNanos.put(name, System.nanoTime());
  }

  /// It came back, or left and said so.
  synchronized void back(String name) {
    toldNanos.remove(name);
    lostNanos.remove(name);
    notifyAll();
  }

  /// It was told how the run ended; whether it heard that shows when it leaves.
  synchronized void told(String name) {
    lostNanos.remove(name);
    toldNanos.put(name, System.nanoTime());
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

  /// Returns when everybody who is connected left, or had the time to hear the goodbye.
  synchronized void awaitAnswers() throws InterruptedException {
    // Whoever comes and goes gets no more time for it than the others.
    long start = System.nanoTime();
    while (System.nanoTime() - start < BUSY.toNanos()
        && toldNanos.values().stream()
            .anyMatch(told -> System.nanoTime() - told < BUSY.toNanos())) {
      wait(POLL_MILLIS);
    }
  }

  /// Returns when everybody is back who lost its link less than `grace` ago, or when `grace` is
  /// over.
  synchronized void await(Duration grace) throws InterruptedException {
    long start = System.nanoTime();
    while (System.nanoTime() - start < grace.toNanos() && !since(grace).isEmpty()) {
      wait(POLL_MILLIS);
    }
  }
}
