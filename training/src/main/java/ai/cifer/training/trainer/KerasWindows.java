package ai.cifer.training.trainer;

import ai.cifer.training.model.keras.KerasLayer;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Layers that slide a window over one or two axes: convolutions and pooling.
///
/// Keras pads `same` unevenly where it must, the odd zero at the end; PyTorch cannot, so padding is
/// a step of its own.
final class KerasWindows {

  private final KerasLayer layer;
  private final NDManager batch;

  KerasWindows(KerasLayer layer, NDManager batch) {
    this.layer = layer;
    this.batch = batch;
  }

  NDArray convolution(NDArray in, NDArray kernel, @Nullable NDArray bias) {
    int axes = in.getShape().dimension() - 2;
    int[] ones = ones(axes);
    int[] size = layer.integers("kernel_size", ones);
    int[] strides = layer.integers("strides", ones);
    int[] dilation = layer.integers("dilation_rate", ones);
    int groups =
        layer.type().equals("DepthwiseConv2D")
            ? (int) in.getShape().get(in.getShape().dimension() - 1)
            : layer.settings().path("groups").asInt(1);
    NDArray padded = padded(channelsFirst(in), size, strides, dilation, 0);
    NDArray out =
        padded
            .getNDArrayInternal()
            .convolution(
                padded, kernel, bias, shape(strides), shape(new int[axes]), shape(dilation), groups)
            .singletonOrThrow();
    return channelsLast(out);
  }

  NDArray maximum(NDArray in) {
    int[] size = pool(in);
    int[] strides = layer.integers("strides", size);
    NDArray padded =
        padded(channelsFirst(in), size, strides, ones(size.length), Float.NEGATIVE_INFINITY);
    return channelsLast(
        padded
            .getNDArrayInternal()
            .maxPool(shape(size), shape(strides), shape(new int[size.length]), false));
  }

  /// What is padded does not count.
  NDArray average(NDArray in) {
    int[] size = pool(in);
    int[] strides = layer.integers("strides", size);
    NDArray first = channelsFirst(in);
    NDArray padded = padded(first, size, strides, ones(size.length), 0);
    NDArray sums = means(padded, size, strides);
    if (padded.getShape().equals(first.getShape())) {
      return channelsLast(sums);
    }
    long[] one = first.getShape().getShape().clone();
    one[0] = 1;
    one[1] = 1;
    NDArray counted = padded(batch.ones(new Shape(one)), size, strides, ones(size.length), 0);
    return channelsLast(sums.div(means(counted, size, strides)));
  }

  private static NDArray means(NDArray in, int[] size, int[] strides) {
    return in.getNDArrayInternal()
        .avgPool(shape(size), shape(strides), shape(new int[size.length]), false, true);
  }

  private int[] pool(NDArray in) {
    int[] twos = ones(in.getShape().dimension() - 2);
    Arrays.fill(twos, 2);
    return layer.integers("pool_size", twos);
  }

  NDArray zeroPadding(NDArray in) {
    var setting = layer.settings().path("padding");
    long[] sides = new long[4];
    for (int axis = 0; axis < 2; axis++) {
      for (int side = 0; side < 2; side++) {
        var each = setting.path(axis);
        // The engine wants the last axis first.
        sides[2 * (1 - axis) + side] =
            setting.isInt()
                ? setting.intValue()
                : each.isInt() ? each.intValue() : each.path(side).asInt(0);
      }
    }
    return channelsLast(channelsFirst(in).pad(new Shape(sides), 0));
  }

  /// @param in channels first
  private NDArray padded(NDArray in, int[] size, int[] strides, int[] dilation, double value) {
    String padding = layer.text("padding", "valid");
    if (padding.equals("valid")) {
      return in;
    }
    if (!padding.equals("same") && !padding.equals("causal")) {
      throw new IllegalArgumentException(
          "padding: %s (expected: valid, same or causal)".formatted(padding));
    }
    int axes = size.length;
    long[] sides = new long[2 * axes];
    long all = 0;
    for (int i = 0; i < axes; i++) {
      long length = in.getShape().get(2 + i);
      long reach = (size[i] - 1L) * dilation[i];
      long before;
      long after;
      if (padding.equals("causal")) {
        before = reach;
        after = 0;
      } else {
        long total =
            Math.max(
                0, (Math.ceilDiv(length, (long) strides[i]) - 1) * strides[i] + reach + 1 - length);
        before = total / 2;
        after = total - before;
      }
      sides[2 * (axes - 1 - i)] = before;
      sides[2 * (axes - 1 - i) + 1] = after;
      all += before + after;
    }
    return all == 0 ? in : in.pad(new Shape(sides), value);
  }

  private static NDArray channelsFirst(NDArray in) {
    return in.getShape().dimension() == 3 ? in.transpose(0, 2, 1) : in.transpose(0, 3, 1, 2);
  }

  private static NDArray channelsLast(NDArray in) {
    return in.getShape().dimension() == 3 ? in.transpose(0, 2, 1) : in.transpose(0, 2, 3, 1);
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static Shape shape(int[] dimensions) {
    return new Shape(Arrays.stream(dimensions).asLongStream().toArray());
  }
}
