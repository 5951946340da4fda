package ai.cifer.training.model.keras;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Which layers a layer takes its inputs from.
///
/// ```
/// Keras 3   [{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": [layer, 0, 0]}}]}]
/// Keras 2   [[[layer, 0, 0, {}], ...]]
/// ```
final class KerasInbound {

  private KerasInbound() {}

  static List<String> of(String layer, JsonNode nodes) throws IOException {
    if (nodes.size() > 1) {
      throw new IOException(
          "layer %s: used %d times (expected: once)".formatted(layer, nodes.size()));
    }
    List<String> names = new ArrayList<>();
    if (nodes.size() == 1) {
      JsonNode node = nodes.path(0);
      collect(layer, node.isObject() ? node.path("args") : node, names);
    }
    return names;
  }

  private static void collect(String layer, JsonNode node, List<String> names) throws IOException {
    if (node.isObject()) {
      JsonNode history = node.path("config").path("keras_history");
      names.add(name(layer, history.isArray() ? history : node.path("config")));
    } else if (node.isArray() && node.path(0).isString()) {
      names.add(name(layer, node));
    } else if (node.isArray()) {
      for (JsonNode each : node) {
        collect(layer, each, names);
      }
    } else {
      throw new IOException("input of layer %s: %s (expected: a layer)".formatted(layer, node));
    }
  }

  private static String name(String layer, JsonNode history) throws IOException {
    if (!history.path(0).isString() || history.path(1).asInt(0) != 0) {
      throw new IOException(
          "input of layer %s: %s (expected: the first use of a layer)".formatted(layer, history));
    }
    return history.path(0).asString("");
  }

  /// `["layer", 0, 0]`, or a list of those.
  static List<String> ends(JsonNode node) {
    List<String> names = new ArrayList<>();
    if (node.path(0).isString()) {
      names.add(node.path(0).asString(""));
    } else {
      node.forEach(each -> names.add(each.path(0).asString("")));
    }
    return names;
  }
}
