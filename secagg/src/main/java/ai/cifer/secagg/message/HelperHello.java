package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Signer;

/// Helper to coordinator: the ephemeral key under which shares of this round are sealed.
///
/// @param federation the federation
/// @param run the run
/// @param round the round, >= 0
/// @param helper its name; indices are assigned by sorted names
/// @param x25519 the X25519 public key, 32 bytes (RFC 7748)
/// @param mlKem the ML-KEM-768 encapsulation key, 1184 bytes (FIPS 203)
/// @param signature the helper's
public record HelperHello(
    String federation,
    String run,
    int round,
    String helper,
    Bytes x25519,
    Bytes mlKem,
    Bytes signature)
    implements SignedMessage {

  public static final String LABEL = "cifer.helper-hello";

  /// Bytes of an X25519 public key.
  public static final int X25519_BYTES = 32;

  /// Bytes of an ML-KEM-768 encapsulation key.
  public static final int ML_KEM_KEY_BYTES = 1184;

  public HelperHello {
    Names.check(federation);
    Names.check(run);
    Names.check(helper);
    Limits.atMost("round", round, Integer.MAX_VALUE);
    Limits.length("X25519 key", x25519, X25519_BYTES);
    Limits.length("ML-KEM key", mlKem, ML_KEM_KEY_BYTES);
    Limits.atMost("signature bytes", signature.length(), MAX_SIGNATURE_BYTES);
  }

  /// The same with the signature of its author.
  public HelperHello signed(Signer signer) {
    return new HelperHello(
        federation, run, round, helper, x25519, mlKem, Bytes.of(signer.sign(signedBytes())));
  }

  @Override
  public String author() {
    return helper;
  }

  @Override
  public byte[] signedBytes() {
    return FieldWriter.of(LABEL, VERSION)
        .text(federation)
        .text(run)
        .u31(round)
        .text(helper)
        .fixed(x25519, X25519_BYTES)
        .fixed(mlKem, ML_KEM_KEY_BYTES)
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static HelperHello decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new HelperHello(
                in.name(),
                in.name(),
                in.u31(),
                in.name(),
                in.fixed(X25519_BYTES),
                in.fixed(ML_KEM_KEY_BYTES),
                in.bytes(MAX_SIGNATURE_BYTES)));
  }
}
