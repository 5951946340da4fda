package ai.cifer.secagg.share;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.HelperHello;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.jspecify.annotations.Nullable;

/// A key of X25519 (RFC 7748).
///
/// Not the JDK's: its keys cannot be zeroed, and Bouncy Castle's agreement takes a third of the
/// time, also in constant time. A client agrees on a secret with each of 32 helpers, each of them
/// with every client.
final class X25519KeyPair implements AutoCloseable {

  private final Bytes publicKey;
  private byte @Nullable [] scalar;

  private X25519KeyPair(byte[] scalar, Bytes publicKey) {
    this.scalar = scalar;
    this.publicKey = publicKey;
  }

  static X25519KeyPair generate(SecureRandom random) {
    byte[] scalar = new byte[X25519.SCALAR_SIZE];
    X25519.generatePrivateKey(random, scalar);
    byte[] point = new byte[X25519.POINT_SIZE];
    X25519.generatePublicKey(scalar, 0, point, 0);
    return new X25519KeyPair(scalar, Bytes.of(point));
  }

  Bytes publicKey() {
    return publicKey;
  }

  /// The secret that both sides compute; to be zeroed by the caller.
  ///
  /// @throws ShareRefused if the other key has another length or small order
  byte[] secret(Bytes other) {
    byte[] own = scalar;
    if (own == null) {
      throw new IllegalStateException("key of a round that is over");
    }
    if (other.length() != HelperHello.X25519_BYTES) {
      throw new ShareRefused(
          "X25519 key: %d bytes (expected: %d)"
              .formatted(other.length(), HelperHello.X25519_BYTES));
    }
    byte[] secret = new byte[X25519.POINT_SIZE];
    if (!X25519.calculateAgreement(own, 0, other.toByteArray(), 0, secret, 0)) {
      throw new ShareRefused("X25519 key: of small order (expected: a secret that is not zero)");
    }
    return secret;
  }

  /// Zeroes the private half.
  @Override
  public void close() {
    byte[] own = scalar;
    if (own != null) {
      Arrays.fill(own, (byte) 0);
      scalar = null;
    }
  }
}
