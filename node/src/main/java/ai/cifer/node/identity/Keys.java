package ai.cifer.node.identity;

import ai.cifer.node.identity.IdentityRefused.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Key pairs and their file: PKCS#8 blocks, first P-256 for TLS, then Ed25519 for messages.
final class Keys {
  static final String TLS_SIGNATURE = "SHA256withECDSA";

  private static final int P256_BITS = 256;

  private Keys() {}

  static KeyPair generateTls() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks P-256", e);
    }
  }

  static KeyPair generateSigning() {
    try {
      return KeyPairGenerator.getInstance(SigningKeys.ALGORITHM).generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks Ed25519", e);
    }
  }

  static void write(Path file, PrivateKey... keys) throws IOException {
    byte[][] ders = new byte[keys.length][];
    for (int i = 0; i < keys.length; i++) {
      ders[i] = keys[i].getEncoded();
    }
    try {
      Pem.writePrivate(file, Pem.encode(Pem.PRIVATE_KEY, ders));
    } finally {
      zero(List.of(ders));
    }
  }

  /// The keys of a file, as many as algorithms are named, in that order.
  static List<PrivateKey> read(Path file, String... algorithms) throws IOException {
    Pem.refuseExposed(file);
    List<byte[]> ders = Pem.read(file, Pem.PRIVATE_KEY);
    try {
      if (ders.size() != algorithms.length) {
        throw new IdentityRefused(
            Reason.MALFORMED,
            file
                + ": "
                + ders.size()
                + " private keys (expected: "
                + String.join(" and ", algorithms)
                + "); use the file that 'cifer certs' wrote");
      }
      var keys = new PrivateKey[algorithms.length];
      for (int i = 0; i < keys.length; i++) {
        keys[i] =
            KeyFactory.getInstance(algorithms[i])
                .generatePrivate(new PKCS8EncodedKeySpec(ders.get(i)));
      }
      return List.of(keys);
    } catch (GeneralSecurityException _) {
      // The cause may quote key bytes; it is left out.
      throw new IdentityRefused(
          Reason.MALFORMED,
          file
              + ": not the private keys "
              + String.join(" and ", algorithms)
              + " as PKCS#8; use the file that 'cifer certs' wrote");
    } finally {
      zero(ders);
    }
  }

  /// Whether a private key belongs to a public one, by a signature.
  static boolean match(PrivateKey key, PublicKey publicKey, String algorithm) {
    try {
      var signature = Signature.getInstance(algorithm);
      byte[] probe = "cifer-key-match-v1".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  static void requireP256(PublicKey key, String where) throws IdentityRefused {
    if (!(key instanceof ECPublicKey ec)
        || ec.getParams().getCurve().getField().getFieldSize() != P256_BITS) {
      throw new IdentityRefused(
          Reason.WRONG_KEY,
          where + ": its TLS key is " + key.getAlgorithm() + " (expected: EC P-256)");
    }
  }

  static String fingerprint(byte[] der) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks SHA-256", e);
    }
  }

  private static void zero(List<byte[]> secrets) {
    for (byte[] secret : secrets) {
      Arrays.fill(secret, (byte) 0);
    }
  }
}
