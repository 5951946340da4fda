package ai.cifer.training.data;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads the records of a TFRecord file.
///
/// ```
/// +------------+-------------------+-------------+------------------+
/// | length u64 | masked CRC u32    | data        | masked CRC u32   |  all little endian
/// |            | of the length     | length bytes| of the data      |
/// +------------+-------------------+-------------+------------------+
/// masked(crc) = rotate_right(crc, 15) + 0xa282ead8        crc = CRC-32C
/// ```
///
/// @see <a href="https://www.tensorflow.org/tutorials/load_data/tfrecord">TFRecord and
///   tf.train.Example</a>
final class TfRecordReader implements AutoCloseable {

  /// One example; images of this size are files of their own.
  static final int MAX_RECORD_BYTES = 1 << 25;

  private static final int FIRST_BYTES = 1 << 16;

  private final DataInputStream in;
  private long record;

  TfRecordReader(Path file) throws IOException {
    InputStream raw = DataInput.open(file);
    in = new DataInputStream(new java.io.BufferedInputStream(raw, 1 << 16));
  }

  /// @return null at the end
  /// @throws IOException if a checksum does not match or the file is truncated
  byte @Nullable [] next() throws IOException {
    byte[] start = in.readNBytes(12);
    if (start.length == 0) {
      return null;
    }
    record++;
    if (start.length < 12) {
      throw malformed("truncated");
    }
    ByteBuffer fields = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    long length = fields.getLong();
    if (fields.getInt() != MaskedCrc.of(ByteBuffer.wrap(start, 0, 8))) {
      throw malformed("checksum of the length does not match");
    }
    if (length < 0 || length > MAX_RECORD_BYTES) {
      throw malformed("%d bytes (expected: <= %d)".formatted(length, MAX_RECORD_BYTES));
    }
    // What the length promises is allocated only as far as it comes.
    byte[] data = in.readNBytes((int) Math.min(length, FIRST_BYTES));
    if (data.length < length) {
      byte[] rest = in.readNBytes((int) length - data.length);
      byte[] all = java.util.Arrays.copyOf(data, data.length + rest.length);
      System.arraycopy(rest, 0, all, data.length, rest.length);
      data = all;
    }
    byte[] end = in.readNBytes(4);
    if (data.length < length || end.length < 4) {
      throw malformed("truncated");
    }
    if (ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN).getInt()
        != MaskedCrc.of(ByteBuffer.wrap(data))) {
      throw malformed("checksum does not match: the file is damaged");
    }
    return data;
  }

  IOException malformed(String fact) {
    return new IOException("record %d: %s".formatted(record, fact));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
