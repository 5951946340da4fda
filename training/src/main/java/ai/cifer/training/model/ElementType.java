package ai.cifer.training.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/// How a model file stores the elements of a tensor, little endian.
///
/// Floating types are converted to float32 when a model is read and back when it is written; the
/// others are not averaged and stay as the file has them.
public enum ElementType {
  FLOAT64("float64", "F64", 8),
  FLOAT32("float32", "F32", 4),
  FLOAT16("float16", "F16", 2),
  BFLOAT16("bfloat16", "BF16", 2),
  INT64("int64", "I64", 8),
  INT32("int32", "I32", 4),
  INT16("int16", "I16", 2),
  INT8("int8", "I8", 1),
  UINT64("uint64", "U64", 8),
  UINT32("uint32", "U32", 4),
  UINT16("uint16", "U16", 2),
  UINT8("uint8", "U8", 1),
  BOOL("bool", "BOOL", 1),
  COMPLEX64("complex64", "C64", 8),
  FLOAT8_E4M3("float8_e4m3", "F8_E4M3", 1),
  FLOAT8_E5M2("float8_e5m2", "F8_E5M2", 1),
  FLOAT8_E8M0("float8_e8m0", "F8_E8M0", 1);

  private static final ValueLayout.OfDouble DOUBLES =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOATS =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORTS =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String title;
  private final String safetensors;
  private final int bytes;

  ElementType(String title, String safetensors, int bytes) {
    this.title = title;
    this.safetensors = safetensors;
    this.bytes = bytes;
  }

  /// As numpy and PyTorch call it.
  public String title() {
    return title;
  }

  /// The bytes of one element.
  public int bytes() {
    return bytes;
  }

  /// Whether its values can be trained and averaged.
  public boolean isTrainable() {
    return this == FLOAT64 || this == FLOAT32 || this == FLOAT16 || this == BFLOAT16;
  }

  /// The type that safetensors calls `name`.
  static Optional<ElementType> ofSafetensors(String name) {
    for (ElementType type : values()) {
      if (type.safetensors.equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /// Copies `count` elements that lie one after the other.
  void read(MemorySegment from, long offset, float[] out, int at, int count) {
    if (this == FLOAT32) {
      MemorySegment.copy(from, FLOATS, offset, out, at, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      out[at + i] = read(from, offset + (long) bytes * i);
    }
  }

  /// The inverse of [#read]; rounds to the nearest value of this type.
  void write(float[] in, int at, MemorySegment to, long offset, int count) {
    if (this == FLOAT32) {
      MemorySegment.copy(in, at, to, FLOATS, offset, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      write(in[at + i], to, offset + (long) bytes * i);
    }
  }

  float read(MemorySegment from, long offset) {
    return switch (this) {
      case FLOAT64 -> (float) from.get(DOUBLES, offset);
      case FLOAT32 -> from.get(FLOATS, offset);
      case FLOAT16 -> Float.float16ToFloat(from.get(SHORTS, offset));
      case BFLOAT16 -> Float.intBitsToFloat(from.get(SHORTS, offset) << 16);
      default -> throw new IllegalStateException(title + " is not trainable");
    };
  }

  void write(float value, MemorySegment to, long offset) {
    switch (this) {
      case FLOAT64 -> to.set(DOUBLES, offset, value);
      case FLOAT32 -> to.set(FLOATS, offset, value);
      case FLOAT16 -> to.set(SHORTS, offset, Float.floatToFloat16(value));
      case BFLOAT16 -> to.set(SHORTS, offset, bfloat16(value));
      default -> throw new IllegalStateException(title + " is not trainable");
    }
  }

  /// To nearest, ties to even; NaN stays NaN.
  private static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
