package ai.cifer.secagg.codec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

/// Writes fields in their one canonical form.
///
/// ```
/// +--------+----------+---------+----------------------------------------------+
/// | u8 len | label    | u16     | fields; integers little endian, whatever has |
/// |        | (ASCII)  | version | no fixed length behind a u32 length or count |
/// +--------+----------+---------+----------------------------------------------+
/// ```
///
/// Label and version make equal bytes of different types impossible; the lengths make the sequence
/// of fields unambiguous. [FieldReader] accepts exactly what this class writes.
public final class FieldWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  private FieldWriter() {}

  /// Begins with a type label and a version.
  ///
  /// @param label 1 to 64 ASCII characters
  public static FieldWriter of(String label, int version) {
    FieldWriter writer = new FieldWriter();
    byte[] ascii = label.getBytes(StandardCharsets.US_ASCII);
    writer.u8(ascii.length);
    writer.out.writeBytes(ascii);
    writer.u16(version);
    return writer;
  }

  public FieldWriter u8(int value) {
    require(value, 0xff);
    out.write(value);
    return this;
  }

  public FieldWriter u16(int value) {
    require(value, 0xffff);
    out.write(value);
    out.write(value >>> 8);
    return this;
  }

  /// A non-negative int in four bytes.
  public FieldWriter u31(int value) {
    require(value, Integer.MAX_VALUE);
    return i32(value);
  }

  public FieldWriter i32(int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      out.write(value >>> shift);
    }
    return this;
  }

  /// Ints behind their count.
  public FieldWriter i32s(int[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    u31(values.length);
    out.writeBytes(bytes.array());
    return this;
  }

  public FieldWriter i64(long value) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      out.write((int) (value >>> shift));
    }
    return this;
  }

  public FieldWriter bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  /// UTF-8 behind its length.
  public FieldWriter text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /// Bytes behind their length.
  public FieldWriter bytes(byte[] value) {
    u31(value.length);
    out.writeBytes(value);
    return this;
  }

  /// Bytes behind their length.
  public FieldWriter bytes(Bytes value) {
    return bytes(value.toByteArray());
  }

  /// Bytes whose number the type fixes, without a length.
  public FieldWriter fixed(Bytes value, int length) {
    if (value.length() != length) {
      throw new IllegalArgumentException(
          "field of " + value.length() + " bytes (expected: " + length + ")");
    }
    out.writeBytes(value.toByteArray());
    return this;
  }

  /// Elements behind their count.
  public <T> FieldWriter list(List<T> elements, BiConsumer<FieldWriter, T> write) {
    u31(elements.size());
    elements.forEach(element -> write.accept(this, element));
    return this;
  }

  public byte[] toByteArray() {
    return out.toByteArray();
  }

  private static void require(int value, int max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException("field: " + value + " (expected: 0 to " + max + ")");
    }
  }
}
