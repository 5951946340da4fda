package ai.cifer.training.model.keras;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A network of Keras as data: layers in an order in which each comes after its inputs. It travels
/// in the architecture of a model; nothing in it can act.
///
/// @param name the model's name
/// @param layers at least an input layer, first, and the output layer
/// @param output the layer whose output is the network's
public record KerasNetwork(String name, List<KerasLayer> layers, String output) {

  /// How the architecture of such a model begins.
  public static final String PREFIX = "keras:";

  /// Keras writes about 1 KB a layer, and this leaves most of it out.
  static final int MAX_BYTES = 16 << 20;

  private static final int MAX_LAYERS = 10_000;

  static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(100)
                          .maxDocumentLength(MAX_BYTES)
                          .maxStringLength(1 << 20)
                          .build())
                  .build())
          .build();

  public KerasNetwork {
    layers = List.copyOf(layers);
  }

  static KerasNetwork checked(String name, List<KerasLayer> layers, String output)
      throws IOException {
    Set<String> before = new HashSet<>();
    requireLayers(layers.size());
    for (KerasLayer layer : layers) {
      boolean input = layer.type().equals("InputLayer");
      if (!KerasLayerTypes.isKnown(layer.type())) {
        throw new IOException(
            "layer %s: %s (expected: one of %s)"
                .formatted(layer.name(), layer.type(), KerasLayerTypes.known()));
      }
      if (input != before.isEmpty()) {
        throw new IOException(
            "layer %s: %s (expected: one input layer, the first)"
                .formatted(layer.name(), layer.type()));
      }
      if (!before.containsAll(layer.inputs()) || input != layer.inputs().isEmpty()) {
        throw new IOException(
            "inputs of layer %s: %s (expected: layers before it)"
                .formatted(layer.name(), layer.inputs()));
      }
      if (layer.text("data_format", "channels_last").equals("channels_first")) {
        throw new IOException(
            "data_format of %s: channels_first (expected: channels_last)".formatted(layer.name()));
      }
      if (!before.add(layer.name())) {
        throw new IOException("layer name appears twice: " + layer.name());
      }
    }
    if (!before.contains(output)) {
      throw new IOException("output: %s (expected: a layer)".formatted(output));
    }
    return new KerasNetwork(name, layers, output);
  }

  static void requireLayers(int count) throws IOException {
    if (count < 1 || count > MAX_LAYERS) {
      throw new IOException("layers: %d (expected: 1 to %d)".formatted(count, MAX_LAYERS));
    }
  }

  /// The shape of an example; -1 where any size fits.
  public List<Integer> inputShape() {
    List<Integer> shape = new ArrayList<>();
    layers.getFirst().settings().path("shape").forEach(each -> shape.add(each.asInt(-1)));
    return shape;
  }

  /// The text that travels: `keras:NAME {json}`.
  public String architecture() {
    ObjectNode root = JSON.createObjectNode();
    root.put("output", output);
    ArrayNode all = root.putArray("layers");
    for (KerasLayer layer : layers) {
      ObjectNode node = all.addObject();
      node.put("name", layer.name()).put("type", layer.type());
      node.set("settings", layer.settings());
      ArrayNode inputs = node.putArray("inputs");
      layer.inputs().forEach(inputs::add);
    }
    return PREFIX + name.replace(' ', '_') + " " + JSON.writeValueAsString(root);
  }

  /// Reads what [#architecture()] gives.
  ///
  /// @throws IOException if it is malformed or has layers that are not supported
  public static KerasNetwork parse(String architecture) throws IOException {
    int space = architecture.indexOf(' ');
    if (!architecture.startsWith(PREFIX) || space < 0) {
      throw new IOException("architecture: not of Keras");
    }
    JsonNode root = json(architecture.substring(space + 1));
    List<KerasLayer> layers = new ArrayList<>();
    for (JsonNode node : root.path("layers")) {
      List<String> inputs = new ArrayList<>();
      node.path("inputs").forEach(input -> inputs.add(input.asString("")));
      if (!(node.path("settings") instanceof ObjectNode settings)) {
        throw new IOException("layer %s: no settings".formatted(node.path("name")));
      }
      layers.add(
          new KerasLayer(
              node.path("name").asString(""), node.path("type").asString(""), settings, inputs));
    }
    return checked(
        architecture.substring(PREFIX.length(), space), layers, root.path("output").asString(""));
  }

  static JsonNode json(String text) throws IOException {
    try {
      return JSON.readTree(text);
    } catch (JacksonException malformed) {
      throw new IOException("config: " + malformed.getOriginalMessage(), malformed);
    }
  }
}
