package ai.cifer.secagg.share;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.HelperHello;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/// Public keys between the raw bytes of their standards and the objects of the JDK.
final class PublicKeys {
  /// SubjectPublicKeyInfo up to the key: id-alg-ml-kem-768 (RFC 9935).
  private static final byte[] ML_KEM_PREFIX =
      HexFormat.of().parseHex("308204b2300b0609608648016503040402038204a100");

  private static final int ML_KEM_MODULUS = 3329;

  /// The last 32 bytes of an encapsulation key are a seed, the rest 12-bit coefficients.
  private static final int ML_KEM_SEED_BYTES = 32;

  private PublicKeys() {}

  static Bytes raw(PublicKey key, int length) {
    byte[] encoded = key.getEncoded();
    byte[] raw = new byte[length];
    System.arraycopy(encoded, encoded.length - length, raw, 0, length);
    return Bytes.of(raw);
  }

  /// @throws ShareRefused if a coefficient is not below 3329 (the check of FIPS 203, 7.2)
  static PublicKey mlKem(Bytes raw) throws GeneralSecurityException {
    if (raw.length() != HelperHello.ML_KEM_KEY_BYTES) {
      throw new ShareRefused(
          "ML-KEM key: %d bytes (expected: %d)"
              .formatted(raw.length(), HelperHello.ML_KEM_KEY_BYTES));
    }
    for (int at = 0; at < raw.length() - ML_KEM_SEED_BYTES; at += 3) {
      int pair = raw.get(at) & 0xff;
      pair |= (raw.get(at + 1) & 0xff) << 8;
      pair |= (raw.get(at + 2) & 0xff) << 16;
      if ((pair & 0xfff) >= ML_KEM_MODULUS || pair >>> 12 >= ML_KEM_MODULUS) {
        throw new ShareRefused("ML-KEM key: a coefficient >= 3329 (expected: a canonical key)");
      }
    }
    return KeyFactory.getInstance("ML-KEM-768").generatePublic(spec(ML_KEM_PREFIX, raw));
  }

  private static X509EncodedKeySpec spec(byte[] prefix, Bytes raw) {
    byte[] encoded = new byte[prefix.length + raw.length()];
    System.arraycopy(prefix, 0, encoded, 0, prefix.length);
    System.arraycopy(raw.toByteArray(), 0, encoded, prefix.length, raw.length());
    return new X509EncodedKeySpec(encoded);
  }
}
