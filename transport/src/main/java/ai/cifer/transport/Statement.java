package ai.cifer.transport;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/// What both sides sign when TLS does not prove who they are, and the random numbers in it.
///
/// ```
/// label                     27 bytes of ASCII, of the side that signs
/// binding                   32  SHA-256 of the certificate that TLS showed to the participant,
///                               "tls-server-end-point" as in RFC 5929; zeros without TLS
/// participant's nonce       32
/// coordinator's nonce       32
/// participant's certificate 32  SHA-256
/// coordinator's certificate 32  SHA-256
/// ```
final class Statement {
  static final int HASH_BYTES = 32;
  static final int NONCE_BYTES = 32;
  static final int MAX_CERTIFICATE_BYTES = 16 << 10;

  /// The binding of a connection without TLS.
  static final ByteString UNBOUND = ByteString.copyFrom(new byte[HASH_BYTES]);

  private static final ByteString PARTICIPANT =
      ByteString.copyFrom("cifer wire v1 participant\n\0", StandardCharsets.US_ASCII);
  private static final ByteString COORDINATOR =
      ByteString.copyFrom("cifer wire v1 coordinator\n\0", StandardCharsets.US_ASCII);

  private static final SecureRandom RANDOM = new SecureRandom();

  private final ByteString rest;

  Statement(
      ByteString binding,
      ByteString participantNonce,
      ByteString coordinatorNonce,
      ByteString participantCertificate,
      ByteString coordinatorCertificate) {
    this.rest =
        binding
            .concat(participantNonce)
            .concat(coordinatorNonce)
            .concat(hash(participantCertificate))
            .concat(hash(coordinatorCertificate));
  }

  byte[] ofParticipant() {
    return PARTICIPANT.concat(rest).toByteArray();
  }

  byte[] ofCoordinator() {
    return COORDINATOR.concat(rest).toByteArray();
  }

  static ByteString hash(ByteString bytes) {
    try {
      return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// 32 bytes that nobody can guess.
  static ByteString random() {
    var bytes = new byte[NONCE_BYTES];
    RANDOM.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  /// @throws ProtocolException if what the other side says of itself has not the right lengths
  static void check(ByteString certificate, ByteString nonce) throws ProtocolException {
    if (certificate.isEmpty() || certificate.size() > MAX_CERTIFICATE_BYTES) {
      throw new ProtocolException(
          "certificate: " + certificate.size() + " bytes (expected: 1 to 16384)");
    }
    check("nonce", nonce, NONCE_BYTES);
  }

  static void check(String name, ByteString bytes, int length) throws ProtocolException {
    if (bytes.size() != length) {
      throw new ProtocolException(name + ": " + bytes.size() + " bytes (expected: " + length + ")");
    }
  }
}
