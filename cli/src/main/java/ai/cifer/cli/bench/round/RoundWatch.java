package ai.cifer.cli.bench.round;

import ai.cifer.cli.process.Children;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Follows the event log of a run and notes, whenever a round ends, the time in the log and the
/// processor time that the processes have spent.
final class RoundWatch {
  private static final double NANOS = 1e9;

  private final Path events;
  private final Children children;
  private final List<String> names;
  private final Map<String, Duration> processorTimes = new TreeMap<>();
  private final List<Instant> times = new ArrayList<>();
  private final List<Duration> spent = new ArrayList<>();
  private int lines;

  /// @param names of the processes
  RoundWatch(Path events, Children children, List<String> names) {
    this.events = events;
    this.children = children;
    this.names = List.copyOf(names);
  }

  /// Looks; to be called often, because processor time is read when an event is seen.
  void look() throws IOException {
    if (!Files.exists(events)) {
      return;
    }
    Duration sum = sample();
    String text = Files.readString(events);
    // The last line may be half written.
    List<String> whole = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    for (String line : whole.subList(lines, whole.size())) {
      JsonNode event = JsonMapper.shared().readTree(line);
      String word = event.path("event").asString("");
      if (word.equals("run_started") || word.equals("round_completed")) {
        times.add(Instant.parse(event.path("time").asString("")));
        spent.add(sum);
      }
    }
    lines = whole.size();
  }

  private Duration sample() {
    for (String name : names) {
      children.processorTime(name).ifPresent(time -> processorTimes.put(name, time));
    }
    return processorTimes.values().stream().reduce(Duration.ZERO, Duration::plus);
  }

  /// What each round took, from the end of the one before; the first from the start of the run.
  List<RoundFigures.Round> rounds() {
    List<RoundFigures.Round> rounds = new ArrayList<>();
    for (int i = 1; i < times.size(); i++) {
      rounds.add(
          new RoundFigures.Round(
              Duration.between(times.get(i - 1), times.get(i)).toNanos() / NANOS,
              spent.get(i).minus(spent.get(i - 1)).toNanos() / NANOS));
    }
    return rounds;
  }
}
