package ai.cifer.node.identity;

import ai.cifer.node.identity.IdentityRefused.Reason;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// Ed25519 keys and signatures (RFC 8032), with the checks on public keys that the JDK leaves out.
///
/// A key of small order verifies the same signature for many messages, and a key with two encodings
/// has two hashes; both are refused (Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs",
/// 2020). Bouncy Castle signs and verifies, in a third of the JDK's time.
final class SigningKeys {
  static final String ALGORITHM = "Ed25519";

  /// SubjectPublicKeyInfo of an Ed25519 key is this and 32 bytes (RFC 8410).
  private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final int RAW_BYTES = 32;
  private static final BigInteger P =
      BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);

  /// The y of the eight points whose order divides 8: orders 4, 1, 2, 8, 8.
  private static final Set<BigInteger> SMALL_ORDER_Y =
      Set.of(
          BigInteger.ZERO,
          BigInteger.ONE,
          P.subtract(BigInteger.ONE),
          littleEndian("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
          littleEndian("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));

  private SigningKeys() {}

  /// A public key from its 44-byte DER.
  ///
  /// @param where the file or certificate, for the message
  static PublicKey decode(byte[] spki, String where) throws IdentityRefused {
    if (spki.length != SPKI_PREFIX.length + RAW_BYTES
        || !Arrays.equals(spki, 0, SPKI_PREFIX.length, SPKI_PREFIX, 0, SPKI_PREFIX.length)) {
      throw new IdentityRefused(
          Reason.MALFORMED,
          where + ": the signing key is not an Ed25519 key (expected: 44 bytes, RFC 8410)");
    }
    check(Arrays.copyOfRange(spki, SPKI_PREFIX.length, spki.length), where);
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(spki));
    } catch (GeneralSecurityException e) {
      throw new IdentityRefused(Reason.MALFORMED, where + ": the signing key cannot be decoded", e);
    }
  }

  private static void check(byte[] raw, String where) throws IdentityRefused {
    byte[] bigEndian = reversed(raw);
    bigEndian[0] &= 0x7f;
    var y = new BigInteger(1, bigEndian);
    String cure = "; its owner makes a new request with 'cifer certs request'";
    if (y.compareTo(P) >= 0) {
      throw new IdentityRefused(
          Reason.WEAK_KEY, where + ": the Ed25519 signing key is not in canonical form" + cure);
    }
    if (SMALL_ORDER_Y.contains(y)) {
      throw new IdentityRefused(
          Reason.WEAK_KEY, where + ": the Ed25519 signing key has small order" + cure);
    }
    // x^2 = (y^2 - 1) / (d y^2 + 1) must be a square; d y^2 + 1 is never 0 since -1/d is not one.
    BigInteger square = y.multiply(y).mod(P);
    BigInteger x2 =
        square
            .subtract(BigInteger.ONE)
            .multiply(D.multiply(square).add(BigInteger.ONE).modInverse(P))
            .mod(P);
    if (!x2.modPow(P.shiftRight(1), P).equals(BigInteger.ONE)) {
      throw new IdentityRefused(
          Reason.WEAK_KEY, where + ": the Ed25519 signing key is not a point of the curve" + cure);
    }
  }

  static byte[] sign(PrivateKey key, byte[] message) {
    if (!(key instanceof EdECPrivateKey own)) {
      throw new IllegalArgumentException(key.getAlgorithm() + " key (expected: " + ALGORITHM + ")");
    }
    byte[] seed = own.getBytes().orElseThrow();
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    try {
      Ed25519.sign(seed, 0, message, 0, message.length, signature, 0);
      return signature;
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  static boolean verify(PublicKey key, byte[] message, byte[] signatureBytes) {
    byte[] spki = key.getEncoded();
    return signatureBytes.length == Ed25519.SIGNATURE_SIZE
        && Ed25519.verify(signatureBytes, 0, spki, SPKI_PREFIX.length, message, 0, message.length);
  }

  private static BigInteger littleEndian(String hex) {
    return new BigInteger(1, reversed(HexFormat.of().parseHex(hex)));
  }

  private static byte[] reversed(byte[] bytes) {
    var out = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[i] = bytes[bytes.length - 1 - i];
    }
    return out;
  }
}
