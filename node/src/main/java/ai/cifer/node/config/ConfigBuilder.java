package ai.cifer.node.config;

import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.node.NodeException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Says in Java what a configuration file can say, under the same names and with the same checks:
/// both are read by the same code.
///
/// Relative paths begin at the working directory, since there is no file beside which they could
/// lie.
///
/// @param <C> the configuration that comes out
public final class ConfigBuilder<C> {

  /// Turns keys and values into a configuration.
  @FunctionalInterface
  interface Reading<C> {
    C from(Settings settings) throws NodeException;
  }

  private final Set<String> keys;
  private final Reading<C> reading;
  private final Map<String, JsonNode> values = new LinkedHashMap<>();

  ConfigBuilder(Set<String> keys, Reading<C> reading) {
    this.keys = keys;
    this.reading = reading;
  }

  private ConfigBuilder<C> put(String key, JsonNode value) {
    values.put(key, value);
    return this;
  }

  /// Sets a key to a text; the last value of a key counts.
  public ConfigBuilder<C> set(String key, String value) {
    return put(key, JsonNodeFactory.instance.stringNode(value));
  }

  /// Sets a key to a path.
  public ConfigBuilder<C> set(String key, Path value) {
    return set(key, value.toString());
  }

  /// Sets a key to an integer.
  public ConfigBuilder<C> set(String key, long value) {
    return put(key, JsonNodeFactory.instance.numberNode(value));
  }

  /// Sets a key to a number.
  public ConfigBuilder<C> set(String key, double value) {
    return put(key, JsonNodeFactory.instance.numberNode(value));
  }

  /// Sets a key to true or false.
  public ConfigBuilder<C> set(String key, boolean value) {
    return put(key, JsonNodeFactory.instance.booleanNode(value));
  }

  /// Sets a key to some words, such as `profiles`.
  public ConfigBuilder<C> set(String key, List<String> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    values.forEach(array::add);
    return put(key, array);
  }

  /// Sets a key to an object of numbers and texts, for example `strategy_settings` or `clip`, in
  /// the order of the map; a value may be such an object again.
  ///
  /// @throws IllegalArgumentException if a value is none of these
  public ConfigBuilder<C> set(String key, Map<String, ?> values) {
    return put(key, object(key, values));
  }

  private static ObjectNode object(String key, Map<?, ?> values) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    values.forEach((any, value) -> {
      String name = String.valueOf(any);
      switch (value) {
        case Integer number -> object.put(name, number);
        case Double number -> object.put(name, number);
        case String text -> object.put(name, text);
        case Map<?, ?> inner -> object.set(name, object(key, inner));
        case null, default ->
            throw new IllegalArgumentException(
                "%s: %s: %s (expected: a number or a text)".formatted(key, name, value));
      }
    });
    return object;
  }

  /// Sets a key to a list of numbers, for example `class_weights`.
  public ConfigBuilder<C> set(String key, double[] values) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (double value : values) {
      list.add(value);
    }
    return put(key, list);
  }

  /// Sets the steps that turn data into examples.
  public ConfigBuilder<C> set(String key, Preprocessing value) {
    return put(key, PreprocessingSettings.json(value));
  }

  /// @throws NodeException if a key is unknown or missing, or a value out of range
  public C build() throws NodeException {
    return reading.from(Settings.of(values, keys));
  }
}
