package ai.cifer.training.model.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A file as the hub lists it.
///
/// @param name without folders
/// @param bytes its size
/// @param digest SHA-256 of a large file; of a small one Git's SHA-1 over `blob SIZE\0` and the
///   content
/// @param large which of both
record HubFile(String name, long bytes, String digest, boolean large) {

  /// Whether `file` is complete and undamaged.
  boolean matches(Path file) throws IOException {
    if (Files.size(file) != bytes) {
      return false;
    }
    MessageDigest hash = hash(large ? "SHA-256" : "SHA-1");
    if (!large) {
      hash.update("blob %d\0".formatted(bytes).getBytes(StandardCharsets.US_ASCII));
    }
    byte[] chunk = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        hash.update(chunk, 0, count);
      }
    }
    return HexFormat.of().formatHex(hash.digest()).equals(digest);
  }

  private static MessageDigest hash(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has " + name, missing);
    }
  }
}
