package ai.cifer.training.model.keras;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the config that Keras 2 and 3 write for Sequential and Functional models.
///
/// @see <a href="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py">
///   Keras: Functional.get_config</a>
final class KerasConfig {

  private KerasConfig() {}

  static KerasNetwork read(String json) throws IOException {
    JsonNode root = KerasNetwork.json(json);
    String type = root.path("class_name").asString("");
    JsonNode config = root.path("config");
    return switch (type) {
      case "Sequential" -> sequential(root, config);
      case "Functional", "Model" -> functional(config);
      default ->
          throw new IOException(
              "model: %s (expected: Sequential or Functional; code cannot be read from a file)"
                  .formatted(type));
    };
  }

  private static KerasNetwork sequential(JsonNode root, JsonNode config) throws IOException {
    JsonNode all = config.isArray() ? config : config.path("layers");
    List<KerasLayer> layers = new ArrayList<>();
    for (JsonNode node : all) {
      boolean input = node.path("class_name").asString("").equals("InputLayer");
      if (layers.isEmpty() && !input) {
        layers.add(new KerasLayer("input", "InputLayer", inputOf(root, config, node), List.of()));
      }
      layers.add(layer(node, input ? List.of() : List.of(layers.getLast().name())));
    }
    String name = config.path("name").asString("sequential");
    return KerasNetwork.checked(name, layers, layers.isEmpty() ? "" : layers.getLast().name());
  }

  /// The input of a Sequential model whose config names no input layer.
  private static ObjectNode inputOf(JsonNode root, JsonNode config, JsonNode first)
      throws IOException {
    for (JsonNode shape :
        List.of(
            first.path("config").path("batch_input_shape"),
            first.path("config").path("batch_shape"),
            config.path("build_input_shape"),
            root.path("build_config").path("input_shape"))) {
      if (shape.isArray()) {
        return input(shape);
      }
    }
    throw new IOException("input shape: missing (expected: a model that was built or called)");
  }

  private static ObjectNode input(JsonNode batchShape) {
    ObjectNode settings = KerasNetwork.JSON.createObjectNode();
    ArrayNode shape = settings.putArray("shape");
    for (int i = 1; i < batchShape.size(); i++) {
      shape.add(batchShape.path(i).asInt(-1));
    }
    return settings;
  }

  private static KerasNetwork functional(JsonNode config) throws IOException {
    Map<String, JsonNode> nodes = new LinkedHashMap<>();
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    KerasNetwork.requireLayers(config.path("layers").size());
    for (JsonNode node : config.path("layers")) {
      String name = node.path("name").asString("");
      if (nodes.put(name, node) != null) {
        throw new IOException("layer name appears twice: " + name);
      }
      inputs.put(name, KerasInbound.of(name, node.path("inbound_nodes")));
    }
    List<String> outputs = KerasInbound.ends(config.path("output_layers"));
    List<String> entries = KerasInbound.ends(config.path("input_layers"));
    if (outputs.size() != 1 || entries.size() != 1) {
      throw new IOException(
          "inputs %s, outputs %s (expected: one of each)".formatted(entries, outputs));
    }
    List<KerasLayer> layers = new ArrayList<>();
    for (String name : KerasOrder.of(inputs)) {
      layers.add(
          layer(
              Objects.requireNonNull(nodes.get(name), name),
              Objects.requireNonNull(inputs.get(name), name)));
    }
    return KerasNetwork.checked(
        config.path("name").asString("functional"), layers, outputs.getFirst());
  }

  private static KerasLayer layer(JsonNode node, List<String> inputs) throws IOException {
    String type = node.path("class_name").asString("");
    JsonNode config = node.path("config");
    String name = config.path("name").asString(node.path("name").asString(""));
    if (name.isEmpty() || name.contains("/")) {
      throw new IOException("layer name: '%s' (expected: text without /)".formatted(name));
    }
    if (type.equals("InputLayer")) {
      JsonNode shape = config.path("batch_shape");
      return new KerasLayer(
          name, type, input(shape.isArray() ? shape : config.path("batch_input_shape")), inputs);
    }
    ObjectNode settings = KerasNetwork.JSON.createObjectNode();
    for (String setting : KerasLayerTypes.settings(type)) {
      JsonNode value = config.path(setting);
      if (!value.isMissingNode() && !value.isNull()) {
        settings.set(setting, plain(name, setting, value));
      }
    }
    return new KerasLayer(name, type, settings, inputs);
  }

  /// Keras may wrap a function's name: `{"class_name": "function", "config": "relu"}`.
  private static JsonNode plain(String layer, String setting, JsonNode value) throws IOException {
    if (!value.isObject()) {
      return value;
    }
    if (value.path("config").isString()) {
      return value.path("config");
    }
    throw new IOException(
        "%s of layer %s: %s (expected: a plain value)"
            .formatted(setting, layer, value.path("class_name").asString("an object")));
  }
}
