package ai.cifer.secagg.share;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.SealedShare;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KEM;
import org.jspecify.annotations.Nullable;

/// A helper's ephemeral key of one round, X25519 and ML-KEM-768 together; in memory only.
///
/// Closing forgets the private halves: what was sealed for the round cannot be opened any more.
/// That of X25519 is zeroed; the JDK's key object of ML-KEM cannot be, and is left to the garbage
/// collector.
public final class HelperKey implements AutoCloseable {
  private final HelperHello hello;
  private final X25519KeyPair x25519;
  private @Nullable PrivateKey mlKem;

  private HelperKey(HelperHello hello, X25519KeyPair x25519, PrivateKey mlKem) {
    this.hello = hello;
    this.x25519 = x25519;
    this.mlKem = mlKem;
  }

  /// A fresh key and the signed hello that announces it.
  public static HelperKey generate(
      String federation, String run, int round, Signer signer, SecureRandom random) {
    return generate(federation, run, round, Bytes.EMPTY, signer, random);
  }

  /// As [#generate], the hello announcing a public key too.
  ///
  /// @param sumKey under which clients encrypt
  public static HelperKey generate(
      String federation, String run, int round, Bytes sumKey, Signer signer, SecureRandom random) {
    try {
      X25519KeyPair x25519 = X25519KeyPair.generate(random);
      KeyPairGenerator second = KeyPairGenerator.getInstance("ML-KEM-768");
      KeyPair mlKem = second.generateKeyPair();
      HelperHello hello =
          new HelperHello(
              federation,
              run,
              round,
              signer.name(),
              x25519.publicKey(),
              PublicKeys.raw(mlKem.getPublic(), HelperHello.ML_KEM_KEY_BYTES),
              sumKey,
              Bytes.EMPTY);
      return new HelperKey(hello.signed(signer), x25519, mlKem.getPrivate());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("X25519 and ML-KEM are in every JDK 25", impossible);
    }
  }

  /// What the coordinator is sent.
  public HelperHello hello() {
    return hello;
  }

  /// Opens a share.
  ///
  /// @param coefficients how many values are expected
  /// @return values in [0, p); secret, to be zeroed by the caller
  /// @throws ShareRefused if it was sealed for another helper, round, sender, segment or attempt,
  ///   was altered, has another length or a value that is no residue
  public int[] open(SealedShare share, int coefficients) {
    PrivateKey second = mlKem;
    if (second == null) {
      throw new IllegalStateException("key of a round that is over");
    }
    int expected = Integer.BYTES * coefficients + SealedShare.TAG_BYTES;
    if (share.ciphertext().length() != expected) {
      throw new ShareRefused(
          "share: %d bytes (expected: %d)".formatted(share.ciphertext().length(), expected));
    }
    byte[] plain = decrypt(share, second);
    try {
      int[] values = new int[coefficients];
      ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
      int least = 0;
      int largest = 0;
      for (int value : values) {
        least = Math.min(least, value);
        largest = Math.max(largest, value);
      }
      if (least < 0 || largest == Shamir.PRIME) {
        Arrays.fill(values, 0);
        throw new ShareRefused("share: a value is no residue (expected: values in [0, 2^31 - 1))");
      }
      return values;
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private byte[] decrypt(SealedShare share, PrivateKey second) {
    byte[] secrets = new byte[0];
    try {
      secrets =
          ShareSealer.concatenate(
              x25519.secret(share.x25519()),
              KEM.getInstance("ML-KEM-768")
                  .newDecapsulator(second)
                  .decapsulate(share.mlKem().toByteArray()));
      return SealingKeys.cipher(Cipher.DECRYPT_MODE, secrets, share, hello)
          .doFinal(share.ciphertext().toByteArray());
    } catch (GeneralSecurityException refused) {
      throw new ShareRefused(
          "share of %s segment %d attempt %d: does not open (expected: sealed for %s in this round)"
              .formatted(share.client(), share.segment(), share.attempt(), hello.helper()),
          refused);
    } finally {
      Arrays.fill(secrets, (byte) 0);
    }
  }

  /// Forgets the private halves.
  @Override
  public void close() {
    x25519.close();
    mlKem = null;
  }
}
