package ai.cifer.homocryption.paillier;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;

/// Numbers drawn at random or from a hash.
final class Numbers {
  private static final int HASH_BYTES = 32;

  /// Bits drawn beyond the modulus, so that reduction is within 2^-128 of uniform.
  private static final int EXCESS_BITS = 128;

  private Numbers() {}

  /// A uniform number of so many bits or fewer.
  static BigInteger random(int bits, SecureRandom random) {
    byte[] bytes = new byte[(bits + 7) / 8];
    random.nextBytes(bytes);
    bytes[0] &= (byte) (0xff >>> (8 * bytes.length - bits));
    BigInteger value = new BigInteger(1, bytes);
    Arrays.fill(bytes, (byte) 0);
    return value;
  }

  /// A number below `bound` that nobody chose: `SHA-256(label | parts | counter)`, counter after
  /// counter, modulo the bound. Every part is preceded by its length.
  static BigInteger hash(String label, BigInteger bound, byte[]... parts) {
    int bytes = (bound.bitLength() + EXCESS_BITS + 7) / 8;
    ByteBuffer stream = ByteBuffer.allocate((bytes + HASH_BYTES - 1) / HASH_BYTES * HASH_BYTES);
    for (int counter = 0; stream.hasRemaining(); counter++) {
      MessageDigest sha = sha256();
      byte[] name = label.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      sha.update(length(name.length));
      sha.update(name);
      for (byte[] part : parts) {
        sha.update(length(part.length));
        sha.update(part);
      }
      sha.update(length(counter));
      stream.put(sha.digest());
    }
    return new BigInteger(1, Arrays.copyOf(stream.array(), bytes)).mod(bound);
  }

  private static byte[] length(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: absent (expected: in every JDK)", e);
    }
  }
}
