package ai.cifer.training.trainer;

import java.util.List;

/// How a weight of Keras lies in the engine: with its axes in another order, and for depthwise
/// kernels with two of them as one.
///
/// | layer | Keras | PyTorch |
/// | --- | --- | --- |
/// | Dense | in, out | out, in |
/// | Conv1D | k, in, out | out, in, k |
/// | Conv2D | h, w, in, out | out, in, h, w |
/// | DepthwiseConv2D | h, w, in, multiple | in x multiple, 1, h, w |
///
/// @param shape Keras's
/// @param order axis `i` of the engine is axis `order[i]` of Keras
/// @param engineShape the shape there
record KerasKernel(int[] shape, int[] order, long[] engineShape) {

  static KerasKernel of(String layer, String variable, List<Integer> dimensions) {
    int[] shape = dimensions.stream().mapToInt(Integer::intValue).toArray();
    int[] order = new int[shape.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    boolean depthwise = layer.equals("DepthwiseConv2D") && shape.length == 4;
    if (variable.equals("kernel")) {
      order =
          switch (layer) {
            case "Dense" -> shape.length == 2 ? new int[] {1, 0} : order;
            case "Conv1D" -> shape.length == 3 ? new int[] {2, 1, 0} : order;
            case "Conv2D" -> shape.length == 4 ? new int[] {3, 2, 0, 1} : order;
            case "DepthwiseConv2D" -> depthwise ? new int[] {2, 3, 0, 1} : order;
            default -> order;
          };
    }
    long[] engine = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      engine[i] = shape[order[i]];
    }
    if (depthwise && variable.equals("kernel")) {
      engine[0] *= engine[1];
      engine[1] = 1;
    }
    return new KerasKernel(shape, order, engine);
  }

  float[] toEngine(float[] values) {
    return moved(values, true);
  }

  float[] fromEngine(float[] values) {
    return moved(values, false);
  }

  /// Walks the engine's order, and with it the place in Keras's.
  private float[] moved(float[] values, boolean toEngine) {
    int rank = order.length;
    int[] steps = new int[rank];
    int step = 1;
    for (int i = rank - 1; i >= 0; i--) {
      steps[i] = step;
      step *= shape[i];
    }
    float[] out = new float[values.length];
    int[] index = new int[rank];
    int place = 0;
    for (int i = 0; i < values.length; i++) {
      out[toEngine ? i : place] = values[toEngine ? place : i];
      for (int axis = rank - 1; axis >= 0; axis--) {
        place += steps[order[axis]];
        if (++index[axis] < shape[order[axis]]) {
          break;
        }
        place -= steps[order[axis]] * shape[order[axis]];
        index[axis] = 0;
      }
    }
    return out;
  }
}
