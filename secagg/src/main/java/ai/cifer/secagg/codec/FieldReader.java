package ai.cifer.secagg.codec;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/// Reads what [FieldWriter] writes, from bytes that may be hostile.
///
/// Nothing is allocated for a length or a count before the bytes that it announces are known to be
/// there and below the cap of the field. Other label, other version, missing or trailing bytes are
/// refused.
public final class FieldReader {
  private final ByteBuffer in;
  private final String label;

  private FieldReader(byte[] bytes, String label) {
    in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.label = label;
  }

  /// Reads a whole message: label, version, the body, and nothing after it.
  ///
  /// @param body makes the object; an `IllegalArgumentException` in it means malformed bytes
  /// @throws MalformedMessage if the bytes are not canonical
  public static <T> T decode(
      byte[] bytes, String label, int version, Function<FieldReader, T> body) {
    FieldReader reader = new FieldReader(bytes, label);
    try {
      reader.header(version);
      T value = body.apply(reader);
      if (reader.in.hasRemaining()) {
        throw reader.malformed("trailing bytes: " + reader.in.remaining() + " (expected: 0)");
      }
      return value;
    } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException cause) {
      String fact = cause.getMessage();
      throw new MalformedMessage(label + ": " + (fact == null ? "truncated" : fact), cause);
    }
  }

  /// The label of bytes whose type is not known yet, empty if there is none.
  public static String label(byte[] bytes) {
    if (bytes.length == 0 || (bytes[0] & 0xff) >= bytes.length) {
      return "";
    }
    return new String(bytes, 1, bytes[0] & 0xff, StandardCharsets.US_ASCII);
  }

  private void header(int version) {
    byte[] ascii = label.getBytes(StandardCharsets.US_ASCII);
    if (u8() != ascii.length || !Bytes.of(take(ascii.length)).equals(Bytes.of(ascii))) {
      throw malformed("another type of message");
    }
    int found = u16();
    if (found != version) {
      throw malformed("version: " + found + " (expected: " + version + ")");
    }
  }

  public int u8() {
    return in.get() & 0xff;
  }

  public int u16() {
    return in.getShort() & 0xffff;
  }

  /// A non-negative int.
  public int u31() {
    int value = in.getInt();
    if (value < 0) {
      throw malformed("field: " + Integer.toUnsignedString(value) + " (expected: < 2^31)");
    }
    return value;
  }

  public int i32() {
    return in.getInt();
  }

  /// What [FieldWriter#i32s] writes.
  ///
  /// @param max cap on the count
  public int[] i32s(int max) {
    int[] values = new int[count(max, Integer.BYTES)];
    in.asIntBuffer().get(values);
    in.position(in.position() + Integer.BYTES * values.length);
    return values;
  }

  public long i64() {
    return in.getLong();
  }

  public boolean bool() {
    int value = u8();
    if (value > 1) {
      throw malformed("flag: " + value + " (expected: 0 or 1)");
    }
    return value == 1;
  }

  /// A name by the rule of [Names].
  public String name() {
    return Names.check(text(64));
  }

  /// Well-formed UTF-8.
  public String text(int maxBytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(take(length(maxBytes))))
          .toString();
    } catch (CharacterCodingException malformed) {
      throw malformed("text that is not UTF-8");
    }
  }

  public Bytes bytes(int maxBytes) {
    return Bytes.of(take(length(maxBytes)));
  }

  public Bytes fixed(int length) {
    return Bytes.of(take(length));
  }

  /// Elements behind their count.
  ///
  /// @param max cap on the count
  /// @param minBytes the fewest bytes that one element takes, >= 1
  public <T> List<T> list(int max, int minBytes, Function<FieldReader, T> read) {
    int count = count(max, minBytes);
    List<T> elements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      elements.add(read.apply(this));
    }
    return Collections.unmodifiableList(elements);
  }

  private int count(int max, int minBytes) {
    int count = u31();
    if (count > max || (long) count * minBytes > in.remaining()) {
      throw malformed(
          "count: %d (expected: <= %d, and %d bytes follow)".formatted(count, max, in.remaining()));
    }
    return count;
  }

  private int length(int maxBytes) {
    int length = u31();
    if (length > maxBytes) {
      throw malformed("length: " + length + " (expected: <= " + maxBytes + ")");
    }
    return length;
  }

  private byte[] take(int length) {
    if (length > in.remaining()) {
      throw malformed("length: " + length + " (expected: <= " + in.remaining() + " that follow)");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private MalformedMessage malformed(String fact) {
    return new MalformedMessage(label + ": " + fact);
  }
}
