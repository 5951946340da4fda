package ai.cifer.simulation;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What one client does in one round: all that an [Engine] needs to know, wherever it runs.
///
/// @param client its name
/// @param round the round to which it was asked
/// @param config its configuration, keys and values as a person types them
/// @param fate what happens to it
public record ClientTask(String client, int round, SortedMap<String, String> config, Fate fate) {

  /// A configuration is a page of text.
  private static final int MAX_BYTES = 1 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  public ClientTask {
    config = new TreeMap<>(config);
  }

  @Override
  public SortedMap<String, String> config() {
    return new TreeMap<>(config);
  }

  /// JSON in UTF-8.
  public byte[] encode() {
    return JSON.writeValueAsBytes(
        Map.of("client", client, "round", round, "config", config, "fate", fate));
  }

  /// What [#encode] gave.
  ///
  /// @throws IllegalArgumentException if it is something else
  public static ClientTask decode(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "task: %d bytes (expected: at most %d)".formatted(bytes.length, MAX_BYTES));
    }
    try {
      ClientTask task = JSON.readValue(new String(bytes, StandardCharsets.UTF_8), ClientTask.class);
      if (task == null) {
        throw new IllegalArgumentException("task: null (expected: as ClientTask.encode writes it)");
      }
      return task;
    } catch (JacksonException malformed) {
      throw new IllegalArgumentException(
          "task: malformed (expected: as ClientTask.encode writes it): "
              + malformed.getOriginalMessage(),
          malformed);
    }
  }
}
