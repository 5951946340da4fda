package ai.cifer.homocryption.ring;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Independent pseudo-random byte streams of one 256-bit seed: AES-256 in counter mode, the seed as
/// key, one initial counter block (IV) for each purpose, prime and block.
///
/// ```
///  byte  0         1         2    3    4                        11 12            15
///       +---------+---------+---------+---------------------------+----------------+
///       | purpose |  prime  |  0    0 |  block, 64 bits           | AES counter,   |
///       |         |  index  |         |  big endian               | starts at 0    |
///       +---------+---------+---------+---------------------------+----------------+
///
///  purpose 1 UNIFORM      public polynomial a of (block, prime): 50-bit chunks in the aggregation
///                         scheme, 64-bit words in residue number systems
///          2 REPLACEMENT  64-bit words that replace rejected ones, of (block, prime)
///          3 SECRET       a secret polynomial; prime = block = 0
///          4 ERROR        the error e of (block); prime = 0
///          5 ROUNDING     stochastic rounding ξ of (block); prime = 0
/// ```
///
/// The counter has 32 bits, so a stream has 2^36 bytes; the longest one read is under 2^17.
///
/// Not thread-safe. The JDK keeps the key and its schedule on the heap; [#close()] overwrites the
/// schedule, but copies made by the garbage collector are out of reach.
public final class AesCtrStream implements AutoCloseable {
  /// What a stream is for; the wire number is part of the specification.
  public enum Purpose {
    UNIFORM(1),
    REPLACEMENT(2),
    SECRET(3),
    ERROR(4),
    ROUNDING(5);

    private final byte number;

    Purpose(int number) {
      this.number = (byte) number;
    }
  }

  /// Bytes of a seed.
  public static final int SEED_BYTES = 32;

  private static final int ZEROS_BYTES = 1 << 15;
  private static final byte[] ZEROS = new byte[ZEROS_BYTES];

  private final Cipher cipher;
  private SecretKeySpec key;
  private final byte[] iv = new byte[16];

  /// @param seed 32 bytes; copied
  public AesCtrStream(byte[] seed) {
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException(
          "seed_bytes: " + seed.length + " (expected: " + SEED_BYTES + ")");
    }
    key = new SecretKeySpec(seed, "AES");
    try {
      cipher = Cipher.getInstance("AES/CTR/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/CTR/NoPadding: missing from this JVM", e);
    }
  }

  /// Goes to the first byte of a stream. The JDK allocates about 128 bytes here.
  ///
  /// @param prime index of the prime, in [0, 255]
  /// @param block ≥ 0
  public void start(Purpose purpose, int prime, long block) {
    iv[0] = purpose.number;
    iv[1] = (byte) prime;
    for (int i = 0; i < 8; i++) {
      iv[4 + i] = (byte) (block >>> (56 - 8 * i));
    }
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256: refused by this JVM", e);
    }
  }

  /// The next `length` bytes of the stream.
  public void read(byte[] out, int length) {
    try {
      for (int done = 0; done < length; ) {
        int chunk = Math.min(ZEROS_BYTES, length - done);
        int written = cipher.update(ZEROS, 0, chunk, out, done);
        if (written != chunk) {
          throw new IllegalStateException(
              "stream bytes: " + written + " (expected: " + chunk + ")");
        }
        done += chunk;
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("output: too small for the stream", e);
    }
  }

  /// Replaces the key schedule inside the cipher and forgets the seed.
  @Override
  public void close() {
    key = new SecretKeySpec(new byte[SEED_BYTES], "AES");
    start(Purpose.UNIFORM, 0, 0);
  }

  @Override
  public String toString() {
    return "AesCtrStream";
  }
}
