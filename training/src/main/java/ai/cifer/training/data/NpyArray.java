package ai.cifer.training.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The values of an npy array outside the heap, in the type that the file gives them.
///
/// @param header type and shape
/// @param data `header.dataBytes()` bytes, owned by the arena that was given to the reader
public record NpyArray(NpyHeader header, MemorySegment data) {

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  /// Item `index`, counted row by row, as an integer; an unsigned one of 64 bits above `2^63 - 1`
  /// comes out negative.
  ///
  /// @throws IllegalStateException if the items are not integers
  public long integer(long index) {
    return switch (header.type()) {
      case BOOL -> data.get(BYTE, place(index)) != 0 ? 1 : 0;
      case INT8 -> data.get(BYTE, place(index));
      case UINT8 -> Byte.toUnsignedInt(data.get(BYTE, place(index)));
      case INT16 -> int16(index);
      case UINT16 -> Short.toUnsignedInt(int16(index));
      case INT32 -> int32(index);
      case UINT32 -> Integer.toUnsignedLong(int32(index));
      case INT64, UINT64 -> int64(index);
      case FLOAT16, FLOAT32, FLOAT64, TEXT ->
          throw new IllegalStateException("type: %s (expected: integers)".formatted(header.type()));
    };
  }

  /// Item `index` as a float32, rounded to nearest.
  ///
  /// @throws IllegalStateException if the items are texts
  public float real(long index) {
    return switch (header.type()) {
      case FLOAT16 -> Float.float16ToFloat(int16(index));
      case FLOAT32 -> Float.intBitsToFloat(int32(index));
      case FLOAT64 -> (float) Double.longBitsToDouble(int64(index));
      default -> integer(index);
    };
  }

  /// Item `index` as a text without trailing zeros.
  ///
  /// @throws IllegalStateException if the items are not texts
  public String text(long index) {
    if (header.type() != NpyType.TEXT) {
      throw new IllegalStateException("type: %s (expected: TEXT)".formatted(header.type()));
    }
    int units = header.itemBytes() / 4;
    var out = new StringBuilder();
    for (int i = 0; i < units; i++) {
      int character = int32(index * units + i);
      if (character == 0) {
        break;
      }
      out.appendCodePoint(Character.isValidCodePoint(character) ? character : 0xFFFD);
    }
    return out.toString();
  }

  /// Copies `count` items from `from` on to `out[offset...]`.
  void reals(long from, int count, float[] out, int offset) {
    if (header.type() == NpyType.UINT8 && !header.fortran()) {
      for (int i = 0; i < count; i++) {
        out[offset + i] = Byte.toUnsignedInt(data.get(BYTE, from + i));
      }
    } else if (header.type() == NpyType.FLOAT32 && !header.fortran()) {
      ValueLayout.OfFloat layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(header.order());
      MemorySegment.copy(data, layout, Float.BYTES * from, out, offset, count);
    } else {
      for (int i = 0; i < count; i++) {
        out[offset + i] = real(from + i);
      }
    }
  }

  /// Where the item lies that is number `index` row by row.
  private long place(long index) {
    if (!header.fortran()) {
      return index;
    }
    long place = 0;
    long left = index;
    long size = header.size();
    for (int i = header.shape().size() - 1; i >= 0; i--) {
      long dimension = header.shape().get(i);
      size /= dimension;
      place += left % dimension * size;
      left /= dimension;
    }
    return place;
  }

  /// Copies the bytes of the row `row` to `out`, in C order.
  void rowBytes(long row, byte[] out) {
    int item = header.itemBytes();
    long first = row * header.rowSize();
    if (!header.fortran()) {
      MemorySegment.copy(data, BYTE, first * item, out, 0, out.length);
      return;
    }
    for (int at = 0; at < out.length; at += item) {
      MemorySegment.copy(data, BYTE, place(first + at / item) * item, out, at, item);
    }
  }

  private short int16(long index) {
    return data.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(header.order()), 2 * place(index));
  }

  private int int32(long index) {
    return data.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(header.order()), 4 * place(index));
  }

  private long int64(long index) {
    return data.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(header.order()), 8 * place(index));
  }
}
