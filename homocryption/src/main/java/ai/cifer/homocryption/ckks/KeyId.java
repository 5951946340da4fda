package ai.cifer.homocryption.ckks;

import java.security.SecureRandom;
import java.util.HexFormat;

/// Names a secret key without saying anything about it: 128 random bits drawn with the key and
/// carried by whatever is made under it, so that a mix-up is an exception and not noise.
///
/// It does link the ciphertexts of a key with each other.
///
/// @param high the first 64 bits
/// @param low the last 64 bits
public record KeyId(long high, long low) {
  static KeyId random(SecureRandom random) {
    return new KeyId(random.nextLong(), random.nextLong());
  }

  /// The first 8 hexadecimal digits.
  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high).substring(0, 8);
  }
}
