package ai.cifer.training.model.torch;

import ai.cifer.training.model.ZipParts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.TreeSet;

/// Names the code of a TorchScript file, whatever its values and its name.
///
/// SHA-256 over the members `code/*.py`, `constants.pkl` and `constants/*` by ascending names, each
/// as `name | 0 | length u64 | bytes`. Two files of the same network, trained or not, have the
/// same.
final class GraphDigest {

  private static final int MAX_MEMBER_BYTES = 16 << 20;
  private static final long MAX_BYTES = 48L << 20;

  private GraphDigest() {}

  /// Empty if there is no code.
  static Optional<String> of(ZipParts zip, String root) throws IOException {
    var names = new TreeSet<String>();
    boolean code = false;
    for (String member : zip.members().keySet()) {
      if (!member.startsWith(root + "/")) {
        continue;
      }
      String name = member.substring(root.length() + 1);
      if (name.startsWith("code/") && name.endsWith(".py")) {
        code = true;
        names.add(name);
      } else if (name.equals("constants.pkl") || name.startsWith("constants/")) {
        names.add(name);
      }
    }
    return code ? Optional.of(digest(zip, root, names)) : Optional.empty();
  }

  private static String digest(ZipParts zip, String root, java.util.SortedSet<String> names)
      throws IOException {
    MessageDigest sha = sha256();
    long total = 0;
    for (String name : names) {
      byte[] bytes = zip.bytes(root + "/" + name, MAX_MEMBER_BYTES);
      total += bytes.length;
      if (total > MAX_BYTES) {
        throw new IOException("code: more than %d bytes".formatted(MAX_BYTES));
      }
      sha.update(name.getBytes(StandardCharsets.UTF_8));
      sha.update((byte) 0);
      for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
        sha.update((byte) ((long) bytes.length >>> shift));
      }
      sha.update(bytes);
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }
}
