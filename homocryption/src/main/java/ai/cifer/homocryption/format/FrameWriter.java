package ai.cifer.homocryption.format;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Writes the body of a frame; [Frames] makes and finishes it. Numbers are little endian.
///
/// Memory: one buffer of 8 KiB, zeroed at the end.
public final class FrameWriter implements AutoCloseable {
  /// Where the bytes go.
  @FunctionalInterface
  interface Sink {
    void write(byte[] bytes, int offset, int length) throws IOException;
  }

  private static final int BUFFER_BYTES = 8192;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Sink sink;
  private final long bodyBytes;
  private final CRC32C crc = new CRC32C();
  private final byte[] buffer = new byte[BUFFER_BYTES + Long.BYTES];
  private int filled;
  private long written;

  FrameWriter(Sink sink, long bodyBytes) {
    this.sink = sink;
    this.bodyBytes = bodyBytes;
  }

  void begin(byte[] header) throws IOException {
    crc.update(header, 0, header.length);
    sink.write(header, 0, header.length);
  }

  void finish() throws IOException {
    if (written != bodyBytes) {
      throw new IllegalStateException(
          "body: " + written + " bytes (expected: " + bodyBytes + ", as announced)");
    }
    flush();
    INT.set(buffer, 0, (int) crc.getValue());
    sink.write(buffer, 0, FrameDescriptor.TRAILER_BYTES);
  }

  /// Zeroes the buffer.
  @Override
  public void close() {
    Arrays.fill(buffer, (byte) 0);
  }

  /// One byte: the low 8 bits.
  public void writeByte(int value) throws IOException {
    reserve(1);
    buffer[filled++] = (byte) value;
  }

  /// 4 bytes.
  public void writeInt(int value) throws IOException {
    reserve(Integer.BYTES);
    INT.set(buffer, filled, value);
    filled += Integer.BYTES;
  }

  /// 8 bytes.
  public void writeLong(long value) throws IOException {
    reserve(Long.BYTES);
    LONG.set(buffer, filled, value);
    filled += Long.BYTES;
  }

  /// The 8 bytes of IEEE 754.
  public void writeDouble(double value) throws IOException {
    writeLong(Double.doubleToRawLongBits(value));
  }

  /// The bytes alone; their number must follow from the parameters.
  public void writeBytes(byte[] bytes) throws IOException {
    writeBytes(bytes, 0, bytes.length);
  }

  /// As [#writeBytes(byte[])], a part of an array.
  public void writeBytes(byte[] bytes, int offset, int length) throws IOException {
    if (length < BUFFER_BYTES / 4) {
      reserve(length);
      System.arraycopy(bytes, offset, buffer, filled, length);
      filled += length;
      return;
    }
    announce(length);
    flush();
    crc.update(bytes, offset, length);
    sink.write(bytes, offset, length);
  }

  /// A 4-byte length, then the bytes.
  public void writeSized(byte[] bytes) throws IOException {
    writeInt(bytes.length);
    writeBytes(bytes);
  }

  /// A number of 0 or more in exactly `bytes` bytes, little endian.
  public void writeNumber(BigInteger value, int bytes) throws IOException {
    if (value.signum() < 0 || value.bitLength() > 8L * bytes) {
      throw new IllegalArgumentException(
          "number: " + value.bitLength() + " bits (expected: 0 to " + 8L * bytes + ", positive)");
    }
    byte[] magnitude = value.toByteArray();
    byte[] little = new byte[bytes];
    try {
      for (int i = 0; i < Math.min(bytes, magnitude.length); i++) {
        little[i] = magnitude[magnitude.length - 1 - i];
      }
      writeBytes(little);
    } finally {
      Arrays.fill(magnitude, (byte) 0);
      Arrays.fill(little, (byte) 0);
    }
  }

  /// Residues, bit-packed to the width of their prime; see [ResiduePacking]. Each call begins at a
  /// byte.
  ///
  /// @param values integers in [-prime, prime), so canonical or centred; not modified
  public void writeResidues(double[] values, int from, int count, long prime) throws IOException {
    ResiduePacking packing = new ResiduePacking(prime);
    announce(packing.bytes(count));
    for (int done = 0; done < count; done += ResiduePacking.CHUNK) {
      int now = Math.min(ResiduePacking.CHUNK, count - done);
      flush();
      packing.pack(values, from + done, now, buffer, 0);
      filled = packing.bytes(now);
    }
  }

  private void reserve(int bytes) throws IOException {
    announce(bytes);
    if (filled + bytes > BUFFER_BYTES) {
      flush();
    }
  }

  private void announce(int bytes) {
    if (bytes > bodyBytes - written) {
      throw new IllegalStateException(
          "body: "
              + (written + bytes)
              + " bytes or more (expected: "
              + bodyBytes
              + ", as announced)");
    }
    written += bytes;
  }

  private void flush() throws IOException {
    crc.update(buffer, 0, filled);
    sink.write(buffer, 0, filled);
    filled = 0;
  }
}
