package ai.cifer.training.model;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// A tensor and where its elements lie in a file, so that they are read and replaced in place.
///
/// @param shape every dimension >= 0
/// @param offset of its first element in the file, in bytes
/// @param strides for each dimension, how many elements further its next index lies
public record PlacedTensor(
    String name,
    ElementType type,
    List<Integer> shape,
    Path file,
    long offset,
    List<Long> strides) {

  private static final int CHUNK = 1 << 14;

  public PlacedTensor {
    shape = List.copyOf(shape);
    strides = List.copyOf(strides);
  }

  /// Row by row, without gaps.
  public static PlacedTensor dense(
      String name, ElementType type, List<Integer> shape, Path file, long offset)
      throws IOException {
    return checked(name, type, shape, file, offset, denseStrides(shape));
  }

  /// @throws IOException if the name, the shape or the strides are absurd
  public static PlacedTensor checked(
      String name,
      ElementType type,
      List<Integer> shape,
      Path file,
      long offset,
      List<Long> strides)
      throws IOException {
    if (shape.size() > TensorSpec.MAX_RANK || strides.size() != shape.size()) {
      throw new IOException(
          "rank of %s: %d with %d strides (expected: the same, <= %d)"
              .formatted(name, shape.size(), strides.size(), TensorSpec.MAX_RANK));
    }
    long size = 1;
    for (int dimension : shape) {
      // 2^31 times the limit still fits a long.
      size = size * dimension;
      if (dimension < 0 || size > ModelLayout.MAX_PARAMETERS) {
        throw new IOException(
            "shape of %s: %s (expected: >= 0, at most 2^40 values)".formatted(name, shape));
      }
    }
    long limit = ModelLayout.MAX_PARAMETERS;
    if (offset < 0 || strides.stream().anyMatch(stride -> stride < 0 || stride > limit)) {
      throw new IOException(
          "place of %s: offset %d, strides %s (expected: >= 0)".formatted(name, offset, strides));
    }
    if (size > 0) {
      requireApart(name, shape, strides);
    }
    return new PlacedTensor(name, type, shape, file, offset, strides);
  }

  /// Each element has a place of its own if no dimension's step is within the reach of the shorter
  /// ones. Else a few bytes could stand for 2^40 values, and replaced values for one another.
  private static void requireApart(String name, List<Integer> shape, List<Long> strides)
      throws IOException {
    List<Integer> byStride =
        IntStream.range(0, shape.size())
            .filter(i -> shape.get(i) > 1)
            .boxed()
            .sorted(Comparator.comparing(strides::get))
            .toList();
    long reach = 0;
    for (int i : byStride) {
      if (strides.get(i) <= reach) {
        throw new IOException(
            "place of %s: shape %s with strides %s: elements share places (expected: each its own; the cure is tensor.contiguous() before torch.save)"
                .formatted(name, shape, strides));
      }
      try {
        reach = Math.addExact(reach, Math.multiplyExact(shape.get(i) - 1L, strides.get(i)));
      } catch (ArithmeticException overflow) {
        throw new IOException("end of %s: beyond any file".formatted(name), overflow);
      }
    }
  }

  private static List<Long> denseStrides(List<Integer> shape) {
    List<Long> strides = new ArrayList<>();
    long stride = 1;
    for (int i = shape.size() - 1; i >= 0; i--) {
      strides.add(stride);
      // The size is checked by whoever gets them; a wrapped stride comes with a refused size.
      stride *= Math.max(1, shape.get(i));
    }
    Collections.reverse(strides);
    return strides;
  }

  /// The number of elements.
  public long size() {
    long size = 1;
    for (int dimension : shape) {
      size *= dimension;
    }
    return size;
  }

  /// Whether it is trained and averaged: of a floating type and not empty.
  public boolean isTrainable() {
    return type.isTrainable() && size() > 0;
  }

  boolean isDense() {
    List<Long> dense = denseStrides(shape);
    for (int i = 0; i < shape.size(); i++) {
      if (shape.get(i) > 1 && !strides.get(i).equals(dense.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// One past the last byte of its last element.
  public long end() {
    if (size() == 0) {
      return offset;
    }
    long last = 0;
    for (int i = 0; i < shape.size(); i++) {
      last = Math.addExact(last, Math.multiplyExact(shape.get(i) - 1L, strides.get(i)));
    }
    return Math.addExact(offset, Math.multiplyExact(last + 1, type.bytes()));
  }

  /// @throws IOException if it is not between two places of its file
  public void requireWithin(long from, long to) throws IOException {
    long end;
    try {
      end = end();
    } catch (ArithmeticException overflow) {
      throw new IOException("end of %s: beyond any file".formatted(name), overflow);
    }
    if (offset < from || end > to) {
      throw new IOException(
          "tensor %s: bytes %d to %d (expected: within %d to %d)"
              .formatted(name, offset, end, from, to));
    }
  }

  TensorSpec spec() {
    return new TensorSpec(name, shape);
  }

  /// Is given the values in order, row by row.
  @FunctionalInterface
  interface Values {
    void next(long from, float[] values, int count);
  }

  /// Reads all values as float32.
  ///
  /// @param bytes the whole file
  void read(MemorySegment bytes, Values out) {
    float[] chunk = new float[(int) Math.min(CHUNK, size())];
    var place = new Place();
    for (long at = 0; at < size(); at += chunk.length) {
      int count = (int) Math.min(chunk.length, size() - at);
      if (isDense()) {
        type.read(bytes, offset + at * type.bytes(), chunk, 0, count);
      } else {
        for (int i = 0; i < count; i++) {
          chunk[i] = type.read(bytes, place.next());
        }
      }
      out.next(at, chunk, count);
    }
  }

  /// Replaces all values; `in` fills the chunks that it is given.
  void write(MemorySegment bytes, Values in) {
    float[] chunk = new float[(int) Math.min(CHUNK, size())];
    var place = new Place();
    for (long at = 0; at < size(); at += chunk.length) {
      int count = (int) Math.min(chunk.length, size() - at);
      in.next(at, chunk, count);
      if (isDense()) {
        type.write(chunk, 0, bytes, offset + at * type.bytes(), count);
      } else {
        for (int i = 0; i < count; i++) {
          type.write(chunk[i], bytes, place.next());
        }
      }
    }
  }

  /// Walks the indices row by row.
  private final class Place {
    private final int[] index = new int[shape.size()];
    private long element;

    /// The byte of the current element; then moves on.
    long next() {
      long found = offset + element * type.bytes();
      for (int i = index.length - 1; i >= 0; i--) {
        element += strides.get(i);
        if (++index[i] < shape.get(i)) {
          break;
        }
        element -= strides.get(i) * shape.get(i);
        index[i] = 0;
      }
      return found;
    }
  }
}
