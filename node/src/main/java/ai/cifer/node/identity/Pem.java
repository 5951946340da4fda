package ai.cifer.node.identity;

import ai.cifer.node.identity.IdentityRefused.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// PEM files (RFC 7468): bounded reads, writes that never overwrite, private ones with mode 600
/// from the first byte.
final class Pem {
  static final String CERTIFICATE = "CERTIFICATE";
  static final String PRIVATE_KEY = "PRIVATE KEY";
  static final String REQUEST = "CERTIFICATE REQUEST";

  /// No file of ours comes near; a longer one is not read.
  static final int MAX_FILE_BYTES = 64 << 10;

  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private Pem() {}

  /// The DER of every block of a kind, in order. The caller zeroes private ones.
  static List<byte[]> read(Path file, String kind) throws IOException {
    byte[] text = readBounded(file);
    try {
      return blocks(text, kind, file.toString());
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  static List<byte[]> blocks(byte[] text, String kind, String where) throws IdentityRefused {
    byte[] begin = ("-----BEGIN " + kind + "-----").getBytes(StandardCharsets.US_ASCII);
    byte[] end = ("-----END " + kind + "-----").getBytes(StandardCharsets.US_ASCII);
    var blocks = new ArrayList<byte[]>();
    int at = 0;
    while (true) {
      int from = indexOf(text, begin, at);
      if (from < 0) {
        break;
      }
      int to = indexOf(text, end, from);
      if (to < 0) {
        throw new IdentityRefused(
            Reason.MALFORMED, where + ": a " + kind + " block does not end; the file is cut short");
      }
      byte[] base64 = Arrays.copyOfRange(text, from + begin.length, to);
      try {
        blocks.add(Base64.getMimeDecoder().decode(base64));
      } catch (IllegalArgumentException e) {
        throw new IdentityRefused(
            Reason.MALFORMED, where + ": a " + kind + " block is not base64", e);
      } finally {
        Arrays.fill(base64, (byte) 0);
      }
      at = to + end.length;
    }
    if (blocks.isEmpty()) {
      throw new IdentityRefused(
          Reason.MALFORMED, where + ": no " + kind + " block (expected: a PEM file with one)");
    }
    return blocks;
  }

  static List<X509Certificate> certificates(Path file) throws IOException {
    var out = new ArrayList<X509Certificate>();
    for (byte[] der : read(file, CERTIFICATE)) {
      out.add(certificate(der, file.toString()));
    }
    return out;
  }

  static X509Certificate certificate(byte[] der, String where) throws IdentityRefused {
    try {
      var in = new ByteArrayInputStream(der);
      var certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      if (in.available() > 0) {
        throw new IdentityRefused(
            Reason.MALFORMED, where + ": " + in.available() + " bytes behind the certificate");
      }
      return certificate;
    } catch (CertificateException e) {
      throw new IdentityRefused(Reason.MALFORMED, where + ": not an X.509 certificate", e);
    }
  }

  /// @throws IdentityRefused [Reason#EXPOSED] if anybody but the owner may read or write the file
  static void refuseExposed(Path file) throws IOException {
    var view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null || !Files.exists(file)) {
      return;
    }
    Set<PosixFilePermission> permissions = view.readAttributes().permissions();
    if (permissions.stream().anyMatch(OTHERS::contains)) {
      throw new IdentityRefused(
          Reason.EXPOSED,
          file
              + ": a private key that others may open ("
              + PosixFilePermissions.toString(permissions)
              + ", expected: rw-------); run 'chmod 600 "
              + file
              + "', and if others had access, make a new key");
    }
  }

  static byte[] encode(String kind, byte[]... ders) {
    byte[][] lines = new byte[ders.length][];
    var encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
    byte[] begin = ("-----BEGIN " + kind + "-----\n").getBytes(StandardCharsets.US_ASCII);
    byte[] end = ("\n-----END " + kind + "-----\n").getBytes(StandardCharsets.US_ASCII);
    int length = 0;
    for (int i = 0; i < ders.length; i++) {
      lines[i] = encoder.encode(ders[i]);
      length += begin.length + lines[i].length + end.length;
    }
    var out = ByteBuffer.allocate(length);
    for (byte[] line : lines) {
      out.put(begin).put(line).put(end);
      Arrays.fill(line, (byte) 0);
    }
    return out.array();
  }

  /// Writes a new file and forces it to disk; the text is zeroed.
  static void writePrivate(Path file, byte[] text) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(
                  EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE))
            }
            : new FileAttribute<?>[0];
    try {
      write(file, text, attributes);
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  static void writePublic(Path file, byte[] text) throws IOException {
    write(file, text);
  }

  private static void write(Path file, byte[] text, FileAttribute<?>... attributes)
      throws IOException {
    try (var channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      var buffer = ByteBuffer.wrap(text);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    } catch (FileAlreadyExistsException e) {
      throw new IdentityRefused(
          Reason.EXISTS,
          file + ": exists and is not overwritten; move it away or choose another folder",
          e);
    }
  }

  private static byte[] readBounded(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] text = in.readNBytes(MAX_FILE_BYTES + 1);
      if (text.length > MAX_FILE_BYTES) {
        Arrays.fill(text, (byte) 0);
        throw new IdentityRefused(
            Reason.MALFORMED,
            file + ": longer than " + MAX_FILE_BYTES + " bytes (expected: a PEM file)");
      }
      return text;
    } catch (NoSuchFileException e) {
      throw new IdentityRefused(
          Reason.UNREADABLE, file + ": does not exist; make it with 'cifer certs'", e);
    } catch (IdentityRefused e) {
      throw e;
    } catch (IOException e) {
      throw new IdentityRefused(Reason.UNREADABLE, file + ": cannot be read", e);
    }
  }

  private static int indexOf(byte[] text, byte[] part, int from) {
    for (int i = from; i <= text.length - part.length; i++) {
      if (Arrays.equals(text, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }
}
