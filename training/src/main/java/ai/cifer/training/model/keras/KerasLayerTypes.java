package ai.cifer.training.model.keras;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// The layers of Keras that the trainer in the JVM knows, their settings and weights.
final class KerasLayerTypes {

  private static final String CONVOLUTION =
      "filters kernel_size strides padding dilation_rate groups activation use_bias data_format";
  private static final String POOLING = "pool_size strides padding data_format";
  private static final String RECURRENT =
      "units activation recurrent_activation use_bias return_sequences go_backwards reset_after";

  /// Settings that determine the result; all others (initialisers, regularisers) are left out.
  private static final Map<String, Set<String>> SETTINGS =
      new TreeMap<>(
          Map.ofEntries(
              entry("InputLayer", "shape"),
              entry("Dense", "units activation use_bias"),
              entry("Conv1D", CONVOLUTION),
              entry("Conv2D", CONVOLUTION),
              entry("DepthwiseConv2D", CONVOLUTION + " depth_multiplier"),
              entry("MaxPooling1D", POOLING),
              entry("MaxPooling2D", POOLING),
              entry("AveragePooling1D", POOLING),
              entry("AveragePooling2D", POOLING),
              entry("GlobalAveragePooling1D", "data_format keepdims"),
              entry("GlobalAveragePooling2D", "data_format keepdims"),
              entry("GlobalMaxPooling1D", "data_format keepdims"),
              entry("GlobalMaxPooling2D", "data_format keepdims"),
              entry("BatchNormalization", "axis momentum epsilon center scale"),
              entry("LayerNormalization", "axis epsilon center scale"),
              entry("Dropout", "rate"),
              entry("Flatten", "data_format"),
              entry("Reshape", "target_shape"),
              entry("Embedding", "input_dim output_dim mask_zero"),
              entry("LSTM", RECURRENT),
              entry("GRU", RECURRENT),
              entry("Activation", "activation"),
              entry("ReLU", "max_value negative_slope threshold"),
              entry("LeakyReLU", "negative_slope alpha"),
              entry("ELU", "alpha"),
              entry("Softmax", "axis"),
              entry("Rescaling", "scale offset"),
              entry("ZeroPadding2D", "padding data_format"),
              entry("Add", ""),
              entry("Subtract", ""),
              entry("Multiply", ""),
              entry("Average", ""),
              entry("Maximum", ""),
              entry("Minimum", ""),
              entry("Concatenate", "axis")));

  private KerasLayerTypes() {}

  private static Map.Entry<String, Set<String>> entry(String type, String settings) {
    return Map.entry(
        type, settings.isEmpty() ? Set.of() : new TreeSet<>(Arrays.asList(settings.split(" "))));
  }

  static boolean isKnown(String type) {
    return SETTINGS.containsKey(type);
  }

  static Set<String> known() {
    return SETTINGS.keySet();
  }

  static Set<String> settings(String type) {
    return SETTINGS.getOrDefault(type, Set.of());
  }

  static List<String> variables(String type, ObjectNode settings) {
    List<String> names = new ArrayList<>();
    switch (type) {
      case "Dense", "Conv1D", "Conv2D", "DepthwiseConv2D" -> {
        names.add("kernel");
        addIf(names, settings, "use_bias", "bias");
      }
      case "BatchNormalization" -> {
        addIf(names, settings, "scale", "gamma");
        addIf(names, settings, "center", "beta");
        names.add("moving_mean");
        names.add("moving_variance");
      }
      case "LayerNormalization" -> {
        addIf(names, settings, "scale", "gamma");
        addIf(names, settings, "center", "beta");
      }
      case "Embedding" -> names.add("embeddings");
      case "LSTM", "GRU" -> {
        names.add("kernel");
        names.add("recurrent_kernel");
        addIf(names, settings, "use_bias", "bias");
      }
      default -> {
        // The others have no weights.
      }
    }
    return names;
  }

  private static void addIf(
      List<String> names, ObjectNode settings, String setting, String variable) {
    if (settings.path(setting).asBoolean(true)) {
      names.add(variable);
    }
  }
}
