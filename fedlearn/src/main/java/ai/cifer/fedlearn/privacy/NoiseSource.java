package ai.cifer.fedlearn.privacy;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Noise that nobody can foretell: AES-256 in counter mode under a fresh key of the system's secure
/// random number generator. Whoever knew the noise could take it off again, so there is no way to
/// fix it by a seed. Not safe for several threads.
public final class NoiseSource {
  private static final int KEY_BYTES = 32;
  private static final int IV_BYTES = 16;
  private static final int CHUNK = 1 << 13;

  private final Cipher cipher;
  private final byte[] zeros = new byte[CHUNK];
  private final byte[] bytes = new byte[CHUNK];
  private int used = CHUNK;
  private double spare = Double.NaN;

  private NoiseSource(byte[] key) {
    try {
      cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(key, "AES"),
          new IvParameterSpec(new byte[IV_BYTES]));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has AES/CTR/NoPadding", impossible);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /// A source under a key of its own.
  public static NoiseSource secure() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return new NoiseSource(key);
  }

  /// For tests.
  static NoiseSource of(byte[] key) {
    return new NoiseSource(key.clone());
  }

  private long next() {
    if (used == CHUNK) {
      try {
        cipher.update(zeros, 0, CHUNK, bytes, 0);
      } catch (GeneralSecurityException impossible) {
        throw new IllegalStateException("the buffer has room for the stream", impossible);
      }
      used = 0;
    }
    long bits = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      bits = bits << Byte.SIZE | (bytes[used] & 0xFF);
      // What was used must not be found in a memory dump.
      bytes[used++] = 0;
    }
    return bits;
  }

  /// Uniform in [0, 1), a multiple of 2^-53.
  double uniform() {
    return (next() >>> 11) * 0x1p-53;
  }

  /// True with this probability.
  boolean happens(double probability) {
    return uniform() < probability;
  }

  /// Exponential with mean 1, its tail not cut off by the bits of one number: `-log(u)` of a
  /// uniform u is the number of its leading zero bits times `log(2)`, and the rest.
  private double exponential() {
    int zeros = 0;
    long bits = next();
    while (bits == 0) {
      zeros += Long.SIZE;
      bits = next();
    }
    zeros += Long.numberOfLeadingZeros(bits);
    // In (1/2, 1]: with the leading one shifted out the bits after it are uniform, too.
    double mantissa = 1 - uniform() / 2;
    return zeros * Math.log(2) - Math.log(mantissa);
  }

  /// Standard normal, by the polar form of two of them [Box, Muller, 1958].
  double gaussian() {
    if (!Double.isNaN(spare)) {
      double second = spare;
      spare = Double.NaN;
      return second;
    }
    double radius = Math.sqrt(2 * exponential());
    double angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}
