package ai.cifer.fedlearn.tensor;

/// A cut of the flat vector that is protected, sent, stored, folded and opened on its own.
///
/// @param index its number, from 0
/// @param from its first position in the flat vector
/// @param size its number of values, >= 1
public record Segment(int index, long from, long size) {

  /// 64 MiB of float32.
  public static final long DEFAULT_PARAMETERS = 1L << 24;

  public Segment {
    if (index < 0 || from < 0 || size < 1) {
      throw new IllegalArgumentException(
          "segment %d from %d of size %d (expected: >= 0, >= 0, >= 1)"
              .formatted(index, from, size));
    }
  }
}
