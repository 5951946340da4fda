package ai.cifer.systemtests;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes small datasets that have something wrong with them.
final class NpzFile implements AutoCloseable {
  private final ZipOutputStream zip;

  private NpzFile(OutputStream out) {
    zip = new ZipOutputStream(out);
  }

  static NpzFile create(Path file) throws IOException {
    return new NpzFile(Files.newOutputStream(file));
  }

  /// Adds an array of bytes.
  ///
  /// @param shape as Python writes it, for example `(40, 28, 28)`
  NpzFile array(String name, String shape, byte[] values) throws IOException {
    String header = "{'descr': '|u1', 'fortran_order': False, 'shape': %s, }".formatted(shape);
    // Magic, version and length take ten bytes; the values begin at a multiple of 64.
    String padded = header + " ".repeat(63 - (10 + header.length()) % 64) + "\n";
    zip.putNextEntry(new ZipEntry(name + ".npy"));
    zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    zip.write(padded.length() & 255);
    zip.write(padded.length() >>> 8);
    zip.write(padded.getBytes(StandardCharsets.ISO_8859_1));
    zip.write(values);
    zip.closeEntry();
    return this;
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
