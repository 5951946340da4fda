package ai.cifer.training.trainer;

import ai.cifer.training.model.keras.KerasLayer;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;

/// Layers that make one of several inputs.
record KerasMerge(KerasLayer layer) {

  NDArray apply(NDList inputs) {
    NDArray all = inputs.head();
    if (layer.type().equals("Concatenate")) {
      int axis = layer.settings().path("axis").asInt(-1);
      return NDArrays.concat(inputs, axis < 0 ? all.getShape().dimension() + axis : axis);
    }
    for (NDArray next : inputs.subList(1, inputs.size())) {
      all =
          switch (layer.type()) {
            case "Add", "Average" -> all.add(next);
            case "Subtract" -> all.sub(next);
            case "Multiply" -> all.mul(next);
            case "Maximum" -> all.maximum(next);
            case "Minimum" -> all.minimum(next);
            default ->
                throw new IllegalArgumentException(
                    "%s (expected: a layer that is known)".formatted(layer.type()));
          };
    }
    return layer.type().equals("Average") ? all.div((float) inputs.size()) : all;
  }
}
