package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Signer;
import java.util.List;

/// Client to coordinator, after the blocks of a segment: what was uploaded.
///
/// @param ctx the context of the round
/// @param client its name
/// @param segment the segment
/// @param attempt counted from 0 for each segment
/// @param weight `min(examples, weight cap)` in mode `none`; 0 in protected modes, where it travels
///   inside the encryption
/// @param length bytes of all blocks
/// @param root the root over the blocks, see [BlockTree]
/// @param shares the hashes of the sealed shares in the order of the helpers
/// @param signature the client's
public record Manifest(
    Bytes ctx,
    String client,
    int segment,
    int attempt,
    int weight,
    long length,
    Bytes root,
    List<Bytes> shares,
    Bytes signature)
    implements SignedMessage {

  public static final String LABEL = "cifer.manifest";

  /// Far above the largest segment of any profile.
  private static final long MAX_LENGTH = 1L << 40;

  public Manifest {
    Limits.hash(ctx);
    Names.check(client);
    Limits.place(segment, attempt);
    Limits.atMost("weight", weight, Integer.MAX_VALUE);
    Limits.atMost("length", length, MAX_LENGTH);
    Limits.hash(root);
    shares = List.copyOf(shares);
    Limits.atMost("shares", shares.size(), Limits.MAX_HELPERS);
    shares.forEach(Limits::hash);
    Limits.atMost("signature bytes", signature.length(), MAX_SIGNATURE_BYTES);
  }

  /// The same with the signature of its author.
  public Manifest signed(Signer signer) {
    return new Manifest(
        ctx,
        client,
        segment,
        attempt,
        weight,
        length,
        root,
        shares,
        Bytes.of(signer.sign(signedBytes())));
  }

  @Override
  public String author() {
    return client;
  }

  @Override
  public byte[] signedBytes() {
    return FieldWriter.of(LABEL, VERSION)
        .fixed(ctx, Hashing.BYTES)
        .text(client)
        .u31(segment)
        .u31(attempt)
        .u31(weight)
        .i64(length)
        .fixed(root, Hashing.BYTES)
        .list(shares, (out, hash) -> out.fixed(hash, Hashing.BYTES))
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static Manifest decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new Manifest(
                in.fixed(Hashing.BYTES),
                in.name(),
                in.u31(),
                in.u31(),
                in.u31(),
                in.i64(),
                in.fixed(Hashing.BYTES),
                in.list(Limits.MAX_HELPERS, Hashing.BYTES, each -> each.fixed(Hashing.BYTES)),
                in.bytes(MAX_SIGNATURE_BYTES)));
  }
}
