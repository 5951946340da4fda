package ai.cifer.training.model.keras;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// One layer of a Keras network as data.
///
/// @param name unique in the network
/// @param type Keras's class, for example `Conv2D`
/// @param settings those of Keras's config that determine the result, under its names
/// @param inputs the layers whose outputs it takes, in order
public record KerasLayer(String name, String type, ObjectNode settings, List<String> inputs) {

  public KerasLayer {
    inputs = List.copyOf(inputs);
  }

  /// The weights of this layer in Keras's order.
  public List<String> variables() {
    return KerasLayerTypes.variables(type, settings);
  }

  /// Names of those that training changes by statistics instead of gradients.
  public static boolean isStatistic(String variable) {
    return variable.startsWith("moving_");
  }

  /// The name of a weight in the federation.
  public String tensor(String variable) {
    return name + "/" + variable;
  }

  public boolean flag(String setting, boolean otherwise) {
    return settings.path(setting).asBoolean(otherwise);
  }

  public String text(String setting, String otherwise) {
    return settings.path(setting).asString(otherwise);
  }

  public double number(String setting, double otherwise) {
    return settings.path(setting).asDouble(otherwise);
  }

  /// A setting that is one integer or a list of them.
  public int[] integers(String setting, int... otherwise) {
    var node = settings.path(setting);
    if (node.isInt()) {
      int[] all = new int[otherwise.length];
      java.util.Arrays.fill(all, node.intValue());
      return all;
    }
    if (!node.isArray()) {
      return otherwise;
    }
    int[] all = new int[node.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = node.path(i).asInt(0);
    }
    return all;
  }
}
