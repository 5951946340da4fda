package ai.cifer.training.model.keras;

import ai.cifer.training.model.PlacedTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Finds the weights of a network among the datasets of a file.
final class KerasWeights {

  private KerasWeights() {}

  /// Those of a whole model in HDF5: `model_weights/LAYER/` and somewhere below it the variable.
  static List<PlacedTensor> ofModel(KerasNetwork network, Map<String, PlacedTensor> all)
      throws IOException {
    Map<String, PlacedTensor> found = new HashMap<>();
    for (var entry : all.entrySet()) {
      String[] path = entry.getKey().split("/", -1);
      if (path.length >= 3 && path[0].equals("model_weights")) {
        String variable = path[path.length - 1].replaceFirst(":0$", "");
        // Keras 2 calls the kernel of a depthwise convolution by another name.
        String name = path[1] + "/" + variable.replaceFirst("^depthwise_kernel$", "kernel");
        if (found.put(name, entry.getValue()) != null) {
          throw new IOException("weight appears twice: " + name);
        }
      }
    }
    List<PlacedTensor> tensors = new ArrayList<>();
    for (KerasLayer layer : network.layers()) {
      for (String variable : layer.variables()) {
        tensors.add(renamed(layer.tensor(variable), found.remove(layer.tensor(variable))));
      }
    }
    requireNone(found);
    return tensors;
  }

  /// Those of a checkpoint of Keras 3: `layers/TYPE_N/vars/INDEX`, where N counts the layers of the
  /// same class.
  static List<PlacedTensor> ofCheckpoint(KerasNetwork network, Map<String, PlacedTensor> all)
      throws IOException {
    Map<String, PlacedTensor> found = new HashMap<>(all);
    found.keySet().removeIf(path -> path.startsWith("optimizer/"));
    Map<String, Integer> counts = new HashMap<>();
    Set<String> folders = new HashSet<>();
    List<PlacedTensor> tensors = new ArrayList<>();
    for (KerasLayer layer : network.layers()) {
      String type = snakeCase(layer.type());
      int earlier = counts.merge(type, 1, Integer::sum) - 1;
      String folder = "layers/" + type + (earlier == 0 ? "" : "_" + earlier) + "/";
      folders.add(folder);
      String cell = layer.type().equals("LSTM") || layer.type().equals("GRU") ? "cell/" : "";
      List<String> variables = layer.variables();
      for (int i = 0; i < variables.size(); i++) {
        String path = folder + cell + "vars/" + i;
        tensors.add(renamed(layer.tensor(variables.get(i)), found.remove(path)));
      }
    }
    found.keySet().removeIf(path -> isRandomState(path, folders));
    requireNone(found);
    return tensors;
  }

  /// The state of the random generator of a dropout.
  private static boolean isRandomState(String path, Set<String> folders) {
    int end = path.indexOf('/', "layers/".length());
    return end > 0
        && folders.contains(path.substring(0, end + 1))
        && path.contains("/seed_generator/");
  }

  /// As Keras's `naming.to_snake_case`.
  private static String snakeCase(String type) {
    return type.replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  private static PlacedTensor renamed(
      String name, @org.jspecify.annotations.Nullable PlacedTensor tensor) throws IOException {
    if (tensor == null) {
      throw new IOException("weight %s: missing".formatted(name));
    }
    return new PlacedTensor(
        name, tensor.type(), tensor.shape(), tensor.file(), tensor.offset(), tensor.strides());
  }

  private static void requireNone(Map<String, PlacedTensor> left) throws IOException {
    if (!left.isEmpty()) {
      throw new IOException("weights of no layer: " + left.keySet().stream().sorted().toList());
    }
  }
}
