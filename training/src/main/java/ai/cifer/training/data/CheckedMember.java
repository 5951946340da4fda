package ai.cifer.training.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipException;

/// Verifies the size and the CRC-32 of a zip member at its end.
final class CheckedMember extends FilterInputStream {

  private final CRC32 sum = new CRC32();
  private final long crc;
  private final long size;
  private long count;

  CheckedMember(InputStream in, long crc, long size) {
    super(in);
    this.crc = crc;
    this.size = size;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] out, int offset, int length) throws IOException {
    int read = super.read(out, offset, length);
    if (read > 0) {
      sum.update(out, offset, read);
      count += read;
      if (count > size) {
        throw new ZipException("more bytes than its size");
      }
    } else if (read < 0 && (count != size || sum.getValue() != crc)) {
      throw new ZipException("checksum does not match: the file is damaged");
    }
    return read;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
