package ai.cifer.training.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;

/// Refuses a compressed stream that expands further than data does, before it fills memory or disk.
final class BoundedInflation extends FilterInputStream {

  /// Up to here a stream may expand as far as deflate can (1032-fold).
  static final long FREE_BYTES = 16L << 20;

  /// Far above the ratio of real data (images of mostly background reach about 20).
  static final long MAX_RATIO = 200;

  private final LongSupplier compressed;
  private long count;

  /// @param compressed how many bytes `in` has taken in so far: a bomb shows at its beginning, not
  ///   when it has expanded as far as its whole size would allow
  BoundedInflation(InputStream in, LongSupplier compressed) {
    super(in);
    this.compressed = compressed;
  }

  static boolean isExcessive(long bytes, long compressed) {
    return bytes > FREE_BYTES && bytes / MAX_RATIO > compressed;
  }

  static IOException excessive(long bytes, long compressed) {
    return new IOException(
        "%d bytes in %d compressed ones (expected: at most %d-fold above %d bytes)"
            .formatted(bytes, compressed, MAX_RATIO, FREE_BYTES));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] out, int offset, int length) throws IOException {
    int read = super.read(out, offset, length);
    count += Math.max(0, read);
    if (isExcessive(count, compressed.getAsLong())) {
      throw excessive(count, compressed.getAsLong());
    }
    return read;
  }

  @Override
  public long skip(long bytes) throws IOException {
    byte[] skipped = new byte[(int) Math.min(bytes, 1 << 13)];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
