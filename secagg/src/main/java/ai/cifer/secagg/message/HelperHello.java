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
/// @param sumKey the public key under which clients encrypt, where the mode has one; else empty
/// @param signature the helper's
public record HelperHello(
    String federation,
    String run,
    int round,
    String helper,
    Bytes x25519,
    Bytes mlKem,
    Bytes sumKey,
    Bytes signature)
    implements SignedMessage {

  public static final String LABEL = "cifer.helper-hello";

  /// The label of a hello with a public key.
  public static final String KEY_LABEL = "cifer.key-holder-hello";

  /// Far above the largest public key.
  static final int MAX_SUM_KEY_BYTES = 1 << 16;

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
    Limits.atMost("public key bytes", sumKey.length(), MAX_SUM_KEY_BYTES);
    Limits.atMost("signature bytes", signature.length(), MAX_SIGNATURE_BYTES);
  }

  /// A hello without public key.
  public HelperHello(
      String federation,
      String run,
      int round,
      String helper,
      Bytes x25519,
      Bytes mlKem,
      Bytes signature) {
    this(federation, run, round, helper, x25519, mlKem, Bytes.EMPTY, signature);
  }

  /// The same with the signature of its author.
  public HelperHello signed(Signer signer) {
    return new HelperHello(
        federation,
        run,
        round,
        helper,
        x25519,
        mlKem,
        sumKey,
        Bytes.of(signer.sign(signedBytes())));
  }

  @Override
  public String author() {
    return helper;
  }

  @Override
  public byte[] signedBytes() {
    boolean keyless = sumKey.length() == 0;
    FieldWriter out =
        FieldWriter.of(keyless ? LABEL : KEY_LABEL, VERSION)
            .text(federation)
            .text(run)
            .u31(round)
            .text(helper)
            .fixed(x25519, X25519_BYTES)
            .fixed(mlKem, ML_KEM_KEY_BYTES);
    return (keyless ? out : out.bytes(sumKey)).toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static HelperHello decode(byte[] bytes) {
    boolean keyless = !FieldReader.label(bytes).equals(KEY_LABEL);
    return FieldReader.decode(
        bytes,
        keyless ? LABEL : KEY_LABEL,
        VERSION,
        in ->
            new HelperHello(
                in.name(),
                in.name(),
                in.u31(),
                in.name(),
                in.fixed(X25519_BYTES),
                in.fixed(ML_KEM_KEY_BYTES),
                keyless ? Bytes.EMPTY : present(in.bytes(MAX_SUM_KEY_BYTES)),
                in.bytes(MAX_SIGNATURE_BYTES)));
  }

  /// An empty key has the other label, so that there is one canonical form.
  private static Bytes present(Bytes key) {
    if (key.length() == 0) {
      throw new IllegalArgumentException("public key: empty (expected: bytes)");
    }
    return key;
  }
}
