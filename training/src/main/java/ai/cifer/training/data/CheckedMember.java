package ai.cifer.training.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;

/// Verifies the CRC-32 of a zip member at its end: [java.util.zip.ZipFile] does not.
final class CheckedMember extends FilterInputStream {

  private final CRC32 crc = new CRC32();
  private final ZipEntry entry;

  CheckedMember(InputStream in, ZipEntry entry) {
    super(in);
    this.entry = entry;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] out, int offset, int length) throws IOException {
    int count = super.read(out, offset, length);
    if (count > 0) {
      crc.update(out, offset, count);
    } else if (count < 0 && crc.getValue() != entry.getCrc()) {
      throw new ZipException("checksum does not match: the file is damaged");
    }
    return count;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
