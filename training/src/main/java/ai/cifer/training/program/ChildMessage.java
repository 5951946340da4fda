package ai.cifer.training.program;

import ai.cifer.fedlearn.train.TrainerFailed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A line that the program writes. Members that are not named here are ignored, so that a later
/// version may add some.
sealed interface ChildMessage {

  /// It has loaded its data and waits for requests.
  ///
  /// @param protocol the version that it speaks
  /// @param format of the model files that it reads and writes
  /// @param architecture the name of its network; without, it takes whatever fits
  /// @param local names of tensors that it does not share, `*` for any characters
  record Ready(
      int protocol,
      OptionalLong examples,
      String format,
      Optional<String> architecture,
      List<String> local)
      implements ChildMessage {}

  /// How far it is; also the sign that it is alive.
  record Advance(long done, long total) implements ChildMessage {}

  /// The request is fulfilled.
  ///
  /// @param steps of gradient descent that training took, where the program counts them
  record Done(OptionalLong examples, OptionalLong steps, Map<String, Double> metrics)
      implements ChildMessage {}

  /// The request cannot be fulfilled; the program waits for the next.
  record Failed(String message) implements ChildMessage {}

  /// 2^53 - 1: what every language's JSON reads exactly.
  long MOST = (1L << 53) - 1;

  int MOST_ITEMS = 1000;

  JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /// @throws TrainerFailed if the line is no message; the text says what it lacks
  static ChildMessage parse(String line) throws TrainerFailed {
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JacksonException malformed) {
      throw malformed(
          line,
          "a JSON object; the standard output belongs to the protocol, print to"
              + " the standard error instead");
    }
    if (node == null || !node.isObject()) {
      throw malformed(line, "a JSON object");
    }
    return switch (text(node, "type", "")) {
      case "ready" ->
          new Ready(
              (int) required(node, "protocol", 0, Integer.MAX_VALUE),
              optional(node, "examples", 0),
              text(node, "format", "safetensors"),
              optionalText(node, "architecture"),
              texts(node, "local"));
      case "progress" ->
          new Advance(optional(node, "done", 0).orElse(0), optional(node, "total", 0).orElse(0));
      case "done" ->
          new Done(
              optional(node, "examples", 1), optional(node, "steps", 1), numbers(node, "metrics"));
      case "failed" -> new Failed(text(node, "message", "no reason given"));
      default -> throw malformed(line, "\"type\": \"ready\", \"progress\", \"done\" or \"failed\"");
    };
  }

  private static long required(JsonNode node, String key, long least, long most)
      throws TrainerFailed {
    OptionalLong value = optional(node, key, least);
    if (value.isEmpty() || value.getAsLong() > most) {
      throw malformed(node.toString(), "\"%s\": an integer".formatted(key));
    }
    return value.getAsLong();
  }

  private static OptionalLong optional(JsonNode node, String key, long least) throws TrainerFailed {
    JsonNode value = node.get(key);
    if (absent(value)) {
      return OptionalLong.empty();
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > MOST) {
      throw malformed(
          node.toString(), "\"%s\": an integer from %d to 2^53 - 1".formatted(key, least));
    }
    return OptionalLong.of(value.longValue());
  }

  private static Optional<String> optionalText(JsonNode node, String key) throws TrainerFailed {
    return Optional.of(text(node, key, "")).filter(text -> !text.isEmpty());
  }

  private static String text(JsonNode node, String key, String otherwise) throws TrainerFailed {
    JsonNode value = node.get(key);
    if (absent(value)) {
      return otherwise;
    }
    if (!value.isString()) {
      throw malformed(node.toString(), "\"%s\": a text".formatted(key));
    }
    return value.stringValue();
  }

  private static List<String> texts(JsonNode node, String key) throws TrainerFailed {
    JsonNode value = node.get(key);
    if (absent(value)) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    if (value.isArray() && value.size() <= MOST_ITEMS) {
      value.forEach(each -> texts.add(each.stringValue("")));
    }
    if (texts.isEmpty() != value.isEmpty() || texts.contains("")) {
      throw malformed(
          node.toString(), "\"%s\": a list of at most %d names".formatted(key, MOST_ITEMS));
    }
    return texts;
  }

  private static Map<String, Double> numbers(JsonNode node, String key) throws TrainerFailed {
    Map<String, Double> numbers = new LinkedHashMap<>();
    JsonNode value = node.get(key);
    if (absent(value)) {
      return numbers;
    }
    if (!value.isObject() || value.size() > MOST_ITEMS) {
      throw malformed(node.toString(), "\"%s\": an object".formatted(key));
    }
    for (Map.Entry<String, JsonNode> each : value.properties()) {
      if (!each.getValue().isNumber()) {
        throw malformed(node.toString(), "a number for the metric " + each.getKey());
      }
      numbers.put(each.getKey(), each.getValue().doubleValue());
    }
    return numbers;
  }

  private static boolean absent(@Nullable JsonNode value) {
    return value == null || value.isNull();
  }

  private static TrainerFailed malformed(String line, String expected) {
    return new TrainerFailed("it said %s (expected: %s)".formatted(Excerpt.of(line), expected));
  }
}
