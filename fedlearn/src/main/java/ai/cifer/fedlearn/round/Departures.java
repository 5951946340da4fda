package ai.cifer.fedlearn.round;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Who left and why, as the end of a message.
final class Departures {

  /// Characters of reasons that a message repeats: clients write them, as long as they like.
  private static final int MOST_DEPARTURES = 2000;

  private Departures() {}

  /// `; a, b: reason; c: other reason`, or nothing.
  static String text(SortedMap<String, String> departures) {
    SortedMap<String, List<String>> byReason = new TreeMap<>();
    departures.forEach(
        (name, reason) -> byReason.computeIfAbsent(reason, any -> new ArrayList<>()).add(name));
    StringBuilder text = new StringBuilder();
    byReason.forEach((reason, names) ->
        text.append("; ").append(String.join(", ", names)).append(": ").append(reason));
    return text.length() <= MOST_DEPARTURES
        ? text.toString()
        : text.substring(0, MOST_DEPARTURES) + "...";
  }
}
