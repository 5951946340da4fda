package ai.cifer.training.model;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The bytes of one protobuf message in a mapped file: its fields by number, one after the other.
/// Nothing is copied but names.
///
/// ```
/// field = (number << 3 | wire type) varint, then
///   0: varint   1: 8 bytes   2: length varint, bytes   5: 4 bytes
/// ```
///
/// @see <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>
public final class ProtoMessage {

  private static final int MAX_NAME_BYTES = 4096;
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final MemorySegment file;
  private final long end;
  private long at;
  private int wire;
  private long value;
  private long start;

  private ProtoMessage(MemorySegment file, long start, long end) {
    this.file = file;
    this.at = start;
    this.end = end;
  }

  /// The message that a part of a file is.
  public static ProtoMessage of(MemorySegment file, long from, long to) {
    return new ProtoMessage(file, from, to);
  }

  /// The message that a whole file is.
  public static ProtoMessage of(MemorySegment file) {
    return new ProtoMessage(file, 0, file.byteSize());
  }

  /// Moves to the next field.
  ///
  /// @return its number; 0 at the end
  public int next() throws IOException {
    if (at == end) {
      return 0;
    }
    long key = readVarint();
    wire = (int) (key & 7);
    long number = key >>> 3;
    if (number < 1 || number > (1 << 29) - 1) {
      throw malformed("field number " + number);
    }
    switch (wire) {
      case VARINT -> value = readVarint();
      case FIXED64 -> skip(Long.BYTES);
      case BYTES -> skip(readVarint());
      case FIXED32 -> skip(Integer.BYTES);
      default -> throw malformed("wire type " + wire);
    }
    return (int) number;
  }

  private void skip(long length) throws IOException {
    if (length < 0 || length > end - at) {
      throw malformed("%d bytes of %d".formatted(length, end - at));
    }
    start = at;
    at += length;
  }

  private long readVarint() throws IOException {
    long read = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at == end) {
        throw malformed("truncated number");
      }
      byte next = file.get(ValueLayout.JAVA_BYTE, at++);
      read |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return read;
      }
    }
    throw malformed("number of more than 64 bits");
  }

  /// The value of a field that is a number.
  public long number() throws IOException {
    require(VARINT);
    return value;
  }

  /// The value of a field of four bytes, little endian.
  public int fixed32() throws IOException {
    require(FIXED32);
    return file.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), start);
  }

  /// The message that the field is.
  public ProtoMessage message() throws IOException {
    require(BYTES);
    return new ProtoMessage(file, start, at);
  }

  public String text() throws IOException {
    require(BYTES);
    if (at - start > MAX_NAME_BYTES) {
      throw malformed("name of %d bytes".formatted(at - start));
    }
    return new String(
        file.asSlice(start, at - start).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /// Whether the field is bytes: of a repeated number, that all are packed in one.
  public boolean isBytes() {
    return wire == BYTES;
  }

  /// Where the bytes of the field lie in the file.
  public long start() {
    return start;
  }

  public long length() {
    return at - start;
  }

  /// The numbers of a repeated field, packed or one of them.
  public Numbers numbers() throws IOException {
    if (wire == VARINT) {
      return new Numbers(null, value);
    }
    return new Numbers(message(), 0);
  }

  /// Numbers one after the other.
  public static final class Numbers {
    private final @Nullable ProtoMessage packed;
    private final long single;
    private boolean given;

    private Numbers(@Nullable ProtoMessage packed, long single) {
      this.packed = packed;
      this.single = single;
    }

    public boolean hasNext() {
      return packed == null ? !given : packed.at < packed.end;
    }

    public long next() throws IOException {
      given = true;
      return packed == null ? single : packed.readVarint();
    }
  }

  private void require(int wanted) throws IOException {
    if (wire != wanted) {
      throw malformed("wire type %d (expected: %d)".formatted(wire, wanted));
    }
  }

  private IOException malformed(String fact) {
    return new IOException("protobuf, byte %d: %s".formatted(at, fact));
  }
}
