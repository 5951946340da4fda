package ai.cifer.secagg.share;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.SealedShare;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.KEM;
import javax.crypto.SecretKey;

/// Seals the shares of one client for one helper in one round.
///
/// One encapsulation serves all segments and attempts; each of those has its own key, and each key
/// seals one share. Closing zeroes the secrets; copies inside the JDK's key objects are left to the
/// garbage collector, which Java does not let us avoid.
public final class ShareSealer implements AutoCloseable {
  private final Bytes ctx;
  private final String client;
  private final HelperHello recipient;
  private final Bytes x25519;
  private final Bytes mlKem;
  private final byte[] secrets;
  private final Set<Long> sealed = new HashSet<>();
  private boolean closed;

  /// Encapsulates once.
  ///
  /// @throws ShareRefused if a key of the helper is malformed or of small order
  public ShareSealer(Bytes ctx, String client, HelperHello recipient, SecureRandom random) {
    this.ctx = ctx;
    this.client = client;
    this.recipient = recipient;
    try {
      byte[] first;
      try (X25519KeyPair ephemeral = X25519KeyPair.generate(random)) {
        x25519 = ephemeral.publicKey();
        first = ephemeral.secret(recipient.x25519());
      }
      KEM.Encapsulated encapsulated =
          KEM.getInstance("ML-KEM-768")
              .newEncapsulator(PublicKeys.mlKem(recipient.mlKem()), random)
              .encapsulate();
      mlKem = Bytes.of(encapsulated.encapsulation());
      secrets = concatenate(first, encapsulated.key());
    } catch (GeneralSecurityException refused) {
      throw new ShareRefused("key of helper " + recipient.helper() + ": unusable", refused);
    }
  }

  static byte[] concatenate(byte[] x25519Secret, SecretKey mlKemSecret) {
    byte[] second = mlKemSecret.getEncoded();
    byte[] both = Arrays.copyOf(x25519Secret, x25519Secret.length + second.length);
    System.arraycopy(second, 0, both, x25519Secret.length, second.length);
    Arrays.fill(x25519Secret, (byte) 0);
    Arrays.fill(second, (byte) 0);
    return both;
  }

  /// Seals one share; the result is kept and resent by the caller, never sealed again.
  ///
  /// @param share values in [0, p); not modified
  /// @throws IllegalStateException if this segment and attempt were sealed before
  public SealedShare seal(int segment, int attempt, int[] share) {
    if (closed || !sealed.add((long) segment << 32 | attempt)) {
      throw new IllegalStateException(
          "share of segment %d attempt %d: sealed before or closed (expected: once)"
              .formatted(segment, attempt));
    }
    byte[] plain = new byte[Integer.BYTES * share.length];
    ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(share);
    SealedShare envelope =
        new SealedShare(
            ctx, client, recipient.helper(), segment, attempt, x25519, mlKem, Bytes.EMPTY);
    try {
      Cipher cipher = SealingKeys.cipher(Cipher.ENCRYPT_MODE, secrets, envelope, recipient);
      return new SealedShare(
          ctx,
          client,
          recipient.helper(),
          segment,
          attempt,
          x25519,
          mlKem,
          Bytes.of(cipher.doFinal(plain)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("AES-GCM and HKDF are in every JDK 25", impossible);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(secrets, (byte) 0);
  }
}
