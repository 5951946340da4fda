package ai.cifer.fedlearn.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The tensors of a model in their order, and where each lies in the flat vector of all values.
///
/// Tensor `i` occupies the positions `[offset(i), offset(i) + tensors().get(i).size())`; there are
/// no gaps.
public final class ModelLayout {

  /// 2^40 values are 4 TiB: far above any model, far below an overflow of byte offsets.
  public static final long MAX_PARAMETERS = 1L << 40;

  private final List<TensorSpec> tensors;
  private final long[] offsets;

  /// @throws IllegalArgumentException if there is no tensor, a name appears twice, or the total
  ///   exceeds [#MAX_PARAMETERS]
  public ModelLayout(List<TensorSpec> tensors) {
    this.tensors = List.copyOf(tensors);
    if (this.tensors.isEmpty()) {
      throw new IllegalArgumentException("tensors: 0 (expected: >= 1)");
    }
    offsets = new long[this.tensors.size() + 1];
    Set<String> names = new HashSet<>();
    for (int i = 0; i < this.tensors.size(); i++) {
      TensorSpec tensor = this.tensors.get(i);
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("tensor name appears twice: " + tensor.name());
      }
      offsets[i + 1] = Math.addExact(offsets[i], tensor.size());
      if (offsets[i + 1] > MAX_PARAMETERS) {
        throw new IllegalArgumentException(
            "parameters: more than %d (expected: <= that)".formatted(MAX_PARAMETERS));
      }
    }
  }

  public List<TensorSpec> tensors() {
    return tensors;
  }

  /// The number of values of all tensors together.
  public long parameters() {
    return offsets[offsets.length - 1];
  }

  /// Where tensor `index` begins in the flat vector.
  public long offset(int index) {
    return offsets[index];
  }

  /// The index of the tensor that holds `position` of the flat vector.
  ///
  /// @throws IndexOutOfBoundsException unless `0 <= position < parameters()`
  public int indexAt(long position) {
    if (position < 0 || position >= parameters()) {
      throw new IndexOutOfBoundsException(
          "position: %d (expected: 0 to %d)".formatted(position, parameters() - 1));
    }
    int found = Arrays.binarySearch(offsets, position);
    return found >= 0 ? found : -found - 2;
  }

  /// The cuts of the flat vector into segments of at most `parametersPerSegment` values.
  public List<Segment> segments(long parametersPerSegment) {
    if (parametersPerSegment < 1) {
      throw new IllegalArgumentException(
          "parametersPerSegment: %d (expected: >= 1)".formatted(parametersPerSegment));
    }
    List<Segment> segments = new ArrayList<>();
    for (long from = 0; from < parameters(); from += parametersPerSegment) {
      segments.add(
          new Segment(segments.size(), from, Math.min(parametersPerSegment, parameters() - from)));
    }
    return Collections.unmodifiableList(segments);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ModelLayout layout && tensors.equals(layout.tensors);
  }

  @Override
  public int hashCode() {
    return tensors.hashCode();
  }

  @Override
  public String toString() {
    return "ModelLayout[%d tensors, %d parameters]".formatted(tensors.size(), parameters());
  }
}
