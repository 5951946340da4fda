package ai.cifer.secagg.codec;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hash of the protocol.
public final class Hashing {
  /// Bytes of a hash.
  public static final int BYTES = 32;

  private Hashing() {}

  /// A fresh SHA-256.
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }
}
