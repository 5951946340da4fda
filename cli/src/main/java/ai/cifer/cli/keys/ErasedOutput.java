package ai.cifer.cli.keys;

import java.io.OutputStream;
import java.util.Arrays;

/// Collects the bytes of a secret and zeroes every array that held them.
final class ErasedOutput extends OutputStream {
  private byte[] held = new byte[1 << 12];
  private int count;

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (length > held.length - count) {
      byte[] larger = Arrays.copyOf(held, Math.max(2 * held.length, count + length));
      Arrays.fill(held, (byte) 0);
      held = larger;
    }
    System.arraycopy(bytes, offset, held, count, length);
    count += length;
  }

  /// A copy, which the caller zeroes.
  byte[] bytes() {
    return Arrays.copyOf(held, count);
  }

  @Override
  public void close() {
    Arrays.fill(held, (byte) 0);
  }
}
