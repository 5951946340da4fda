package ai.cifer.homocryption.format;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.FormatException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads the body of a frame; [Frames] makes and finishes it. Numbers are little endian.
///
/// Nothing is allocated by a length that was not checked against both the body that is left and the
/// caller's bound. Memory: one buffer of 8 KiB, zeroed at the end.
public final class FrameReader implements AutoCloseable {
  /// Where the bytes come from: as many as asked for, fewer only at the end.
  @FunctionalInterface
  interface Source {
    int read(byte[] bytes, int offset, int length) throws IOException;
  }

  static final String TRANSFER = "bytes were changed: copy the file again";
  static final String WRITER = "whoever wrote it is faulty or hostile: ask for another";

  private static final int BUFFER_BYTES = 8192;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Source source;
  private final long available;
  private final CRC32C crc = new CRC32C();
  private final byte[] buffer = new byte[BUFFER_BYTES + Long.BYTES];
  private @Nullable FrameHeader header;

  /// The buffer holds the form's bytes that were fetched and not consumed: `[position, limit)`.
  private int position;

  private int limit;

  /// Bytes of body and checksum that the source still has: nothing beyond the form is fetched.
  private long unfetched;

  /// Bytes of the body that are not consumed.
  private long left;

  private long read;

  /// @param available bytes that the source has, `Long.MAX_VALUE` if unknown
  FrameReader(Source source, long available) {
    this.source = source;
    this.available = available;
  }

  void begin(FrameExpectation expected) throws IOException {
    byte[] bytes = new byte[FrameDescriptor.HEADER_BYTES];
    int count = source.read(bytes, 0, bytes.length);
    FrameDescriptor.requireMagic(bytes, count);
    if (count < bytes.length) {
      throw truncated(expected.kind(), count, "at least " + Frames.bytes(0));
    }
    start(bytes, FrameDescriptor.check(bytes, expected));
    if (available < Frames.bytes(left)) {
      throw truncated(expected.kind(), available, String.valueOf(Frames.bytes(left)));
    }
  }

  /// Reads a header of any kind.
  FrameHeader beginAny() throws IOException {
    byte[] bytes = new byte[FrameDescriptor.HEADER_BYTES];
    int count = source.read(bytes, 0, bytes.length);
    FrameDescriptor.requireMagic(bytes, count);
    if (count < bytes.length) {
      throw new FormatException.Truncated(
          "bytes: %d (expected: at least %d, a form); %s"
              .formatted(count, Frames.bytes(0), TRANSFER));
    }
    FrameHeader any = FrameDescriptor.inspect(bytes);
    start(bytes, any);
    return any;
  }

  private void start(byte[] bytes, FrameHeader checked) {
    header = checked;
    read = bytes.length;
    left = checked.bodyBytes();
    unfetched = left + FrameDescriptor.TRAILER_BYTES;
    crc.update(bytes, 0, bytes.length);
  }

  void finish() throws IOException {
    FrameHeader checked = header();
    if (left != 0) {
      throw new FormatException.Malformed(
          "body of a %s: %d bytes left (expected: 0); %s"
              .formatted(checked.kind().title(), left, WRITER));
    }
    int computed = (int) crc.getValue();
    fetch(FrameDescriptor.TRAILER_BYTES);
    requireEqual((int) INT.get(buffer, position), computed);
  }

  /// Compares the last checksum of a whole form with its bytes.
  ///
  /// @param form from its first byte to its last
  void requireChecksum(ByteBuffer form) {
    int length = form.limit() - FrameDescriptor.TRAILER_BYTES;
    CRC32C all = new CRC32C();
    all.update(form.slice(0, length));
    requireEqual(form.order(ByteOrder.LITTLE_ENDIAN).getInt(length), (int) all.getValue());
  }

  private void requireEqual(int stored, int computed) {
    if (stored != computed) {
      throw new FormatException.Corrupted(
          "checksum of a %s: %08x (expected: %08x, that of the bytes read); %s"
              .formatted(header().kind().title(), stored, computed, TRANSFER));
    }
  }

  void skipRest() throws IOException {
    while (left > 0) {
      take((int) Math.min(left, BUFFER_BYTES));
    }
  }

  long bytesRead() {
    return read;
  }

  /// Zeroes the buffer.
  @Override
  public void close() {
    Arrays.fill(buffer, (byte) 0);
  }

  /// The header, whose checks passed.
  public FrameHeader header() {
    if (header == null) {
      throw new IllegalStateException("header: not read (expected: by Frames)");
    }
    return header;
  }

  /// Bytes of the body that are not read yet.
  public long left() {
    return left;
  }

  /// One byte, 0 to 255.
  public int readByte() throws IOException {
    return Byte.toUnsignedInt(buffer[take(1)]);
  }

  /// 4 bytes.
  public int readInt() throws IOException {
    return (int) INT.get(buffer, take(Integer.BYTES));
  }

  /// 4 bytes whose value must be in a range.
  ///
  /// @param fact what the number is, for the message
  /// @throws FormatException.Malformed if it is not
  public int readInt(String fact, int least, int most) throws IOException {
    int value = readInt();
    if (value < least || value > most) {
      throw malformed(fact, String.valueOf(value), least + " to " + most);
    }
    return value;
  }

  /// 8 bytes.
  public long readLong() throws IOException {
    return (long) LONG.get(buffer, take(Long.BYTES));
  }

  /// 8 bytes of IEEE 754 that must be a finite number above 0.
  public double readPositive(String fact) throws IOException {
    double value = Double.longBitsToDouble(readLong());
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw malformed(fact, String.valueOf(value), "finite, > 0");
    }
    return value;
  }

  /// Fills an array; its length must follow from the parameters.
  public void readBytes(byte[] out) throws IOException {
    requireLeft(out.length);
    int buffered = Math.min(out.length, limit - position);
    System.arraycopy(buffer, position, out, 0, buffered);
    position += buffered;
    if (out.length - buffered < BUFFER_BYTES / 4) {
      fetch(out.length - buffered);
      System.arraycopy(buffer, position, out, buffered, out.length - buffered);
      position += out.length - buffered;
    } else {
      fetch(out, buffered, out.length - buffered);
    }
    crc.update(out, 0, out.length);
    left -= out.length;
  }

  /// A 4-byte length and so many bytes.
  ///
  /// @param most a longer one is refused before the array is made
  public byte[] readSized(String fact, int most) throws IOException {
    int length = readInt(fact + ", bytes", 0, most);
    requireLeft(length);
    byte[] bytes = new byte[length];
    readBytes(bytes);
    return bytes;
  }

  /// A number of 0 or more in exactly `bytes` bytes.
  public BigInteger readNumber(int bytes) throws IOException {
    byte[] little = new byte[bytes];
    byte[] big = new byte[bytes];
    readBytes(little);
    for (int i = 0; i < bytes; i++) {
      big[i] = little[bytes - 1 - i];
    }
    BigInteger value = new BigInteger(1, big);
    Arrays.fill(little, (byte) 0);
    Arrays.fill(big, (byte) 0);
    return value;
  }

  /// Residues that [FrameWriter#writeResidues] wrote, in [0, prime).
  ///
  /// @throws FormatException.Malformed if one is not canonical
  public void readResidues(double[] out, int from, int count, long prime) throws IOException {
    ResiduePacking packing = new ResiduePacking(prime);
    requireLeft(packing.bytes(count));
    boolean canonical = true;
    for (int done = 0; done < count; done += ResiduePacking.CHUNK) {
      int now = Math.min(ResiduePacking.CHUNK, count - done);
      int offset = take(packing.bytes(now));
      canonical &= packing.unpack(buffer, offset, out, from + done, now);
    }
    if (!canonical) {
      throw malformed("residues modulo " + prime, "one at or above it", "all in [0, prime)");
    }
  }

  /// An exception for a value of the body that no writer writes.
  public FormatException.Malformed malformed(String fact, String value, String expected) {
    return new FormatException.Malformed(
        "%s of a %s: %s (expected: %s); %s"
            .formatted(fact, header().kind().title(), value, expected, WRITER));
  }

  private void requireLeft(int bytes) {
    if (bytes > left) {
      throw malformed("body", "ends " + (bytes - left) + " bytes early", "what its fields say");
    }
  }

  /// Consumes bytes of the body.
  ///
  /// @return where in the buffer they lie
  private int take(int bytes) throws IOException {
    requireLeft(bytes);
    fetch(bytes);
    int offset = position;
    crc.update(buffer, offset, bytes);
    position += bytes;
    left -= bytes;
    return offset;
  }

  /// Makes sure that so many bytes are in the buffer.
  private void fetch(int bytes) throws IOException {
    int held = limit - position;
    if (held >= bytes) {
      return;
    }
    System.arraycopy(buffer, position, buffer, 0, held);
    position = 0;
    limit = held;
    int count = (int) Math.min(BUFFER_BYTES - held, unfetched);
    fetch(buffer, held, count);
    limit = held + count;
  }

  private void fetch(byte[] out, int offset, int length) throws IOException {
    int count = source.read(out, offset, length);
    read += count;
    unfetched -= count;
    if (count < length) {
      throw truncated(header().kind(), read, String.valueOf(Frames.bytes(header().bodyBytes())));
    }
  }

  private static FormatException truncated(FormKind kind, long found, String expected) {
    return new FormatException.Truncated(
        "bytes of a %s: %d (expected: %s); the transfer stopped early: copy the file again"
            .formatted(kind.title(), found, expected));
  }
}
