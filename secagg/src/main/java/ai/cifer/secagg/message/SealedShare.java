package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;

/// Client to helper, through the coordinator: the share of one segment's secret, sealed.
///
/// @param ctx the context of the round
/// @param client the sender
/// @param helper the recipient
/// @param segment the segment
/// @param attempt the attempt
/// @param x25519 the sender's ephemeral X25519 key, 32 bytes
/// @param mlKem the ML-KEM-768 encapsulation, 1088 bytes
/// @param ciphertext AES-256-GCM, 4 bytes for each coefficient and a tag of 16
public record SealedShare(
    Bytes ctx,
    String client,
    String helper,
    int segment,
    int attempt,
    Bytes x25519,
    Bytes mlKem,
    Bytes ciphertext)
    implements Message {

  public static final String LABEL = "cifer.sealed-share";

  /// Bytes of an ML-KEM-768 ciphertext.
  public static final int ML_KEM_BYTES = 1088;

  /// Bytes of a GCM tag.
  public static final int TAG_BYTES = 16;

  private static final int MAX_CIPHERTEXT_BYTES =
      Integer.BYTES * Limits.MAX_COEFFICIENTS + TAG_BYTES;

  public SealedShare {
    Limits.hash(ctx);
    Names.check(client);
    Names.check(helper);
    Limits.place(segment, attempt);
    Limits.length("X25519 key", x25519, HelperHello.X25519_BYTES);
    Limits.length("ML-KEM ciphertext", mlKem, ML_KEM_BYTES);
    Limits.atMost("ciphertext bytes", ciphertext.length(), MAX_CIPHERTEXT_BYTES);
  }

  /// The most bytes of the canonical form of a share of so many numbers.
  public static int maxBytes(int values) {
    int label = 1 + LABEL.length() + Short.BYTES;
    int names = 2 * (Integer.BYTES + Names.MAX_CHARACTERS);
    int fixed = Hashing.BYTES + 3 * Integer.BYTES + HelperHello.X25519_BYTES + ML_KEM_BYTES;
    return label + names + fixed + ciphertextBytes(values);
  }

  /// The bytes of the ciphertext of so many numbers.
  public static int ciphertextBytes(int values) {
    return Integer.BYTES * values + TAG_BYTES;
  }

  @Override
  public byte[] encode() {
    return FieldWriter.of(LABEL, VERSION)
        .fixed(ctx, Hashing.BYTES)
        .text(client)
        .text(helper)
        .u31(segment)
        .u31(attempt)
        .fixed(x25519, HelperHello.X25519_BYTES)
        .fixed(mlKem, ML_KEM_BYTES)
        .bytes(ciphertext)
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static SealedShare decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new SealedShare(
                in.fixed(Hashing.BYTES),
                in.name(),
                in.name(),
                in.u31(),
                in.u31(),
                in.fixed(HelperHello.X25519_BYTES),
                in.fixed(ML_KEM_BYTES),
                in.bytes(MAX_CIPHERTEXT_BYTES)));
  }
}
