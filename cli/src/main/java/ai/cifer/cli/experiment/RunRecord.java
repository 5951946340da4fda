package ai.cifer.cli.experiment;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.history.RunDocument;
import ai.cifer.cli.history.RunLog;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// A run as it can be compared and exported: what it came to, and what it was set to.
///
/// @param settings its configuration, flat: `train.learning_rate` is `0.05`
/// @param began when it started
/// @param ended when each of its completed rounds ended
public record RunRecord(
    RunDocument run, SortedMap<String, String> settings, Instant began, List<Instant> ended) {

  public RunRecord {
    settings = new TreeMap<>(settings);
    ended = List.copyOf(ended);
  }

  /// @throws CommandFailed if the folder holds no run, or one that is malformed
  public static RunRecord read(Path folder) throws CommandFailed {
    RunDocument run = RunLog.read(folder);
    SortedMap<String, String> settings = new TreeMap<>();
    flatten("", Json.read(folder.resolve("config.json"), JsonNode.class), settings);
    // It tells runs apart that are set to the same.
    settings.remove("run_id");
    RunLog.Moments moments = RunLog.moments(folder);
    return new RunRecord(run, settings, moments.began(), moments.roundsEnded());
  }

  private static void flatten(String prefix, JsonNode node, SortedMap<String, String> into) {
    if (node.isObject()) {
      node.properties()
          .forEach(entry ->
              flatten(
                  prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey(),
                  entry.getValue(),
                  into));
    } else if (!node.isNull()) {
      into.put(prefix, node.isValueNode() ? node.asString() : node.toString());
    }
  }
}
