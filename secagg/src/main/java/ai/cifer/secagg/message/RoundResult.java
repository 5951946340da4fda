package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Signer;
import java.util.List;
import java.util.stream.IntStream;

/// Coordinator to all: the round is complete. The next [RoundOpen] carries [#hash()].
///
/// @param ctx the context of the round
/// @param segments the hash of the [SegmentResult] of every segment, in order; [SegmentResult#NONE]
///   of one without which the round went on
/// @param aggregateHash the digest of the mean of the updates
/// @param modelHash the digest of the model that came of it
/// @param coordinator its name
/// @param signature the coordinator's
public record RoundResult(
    Bytes ctx,
    List<Bytes> segments,
    Bytes aggregateHash,
    Bytes modelHash,
    String coordinator,
    Bytes signature)
    implements SignedMessage {

  public static final String LABEL = "cifer.round-result";

  public RoundResult {
    Limits.hash(ctx);
    segments = List.copyOf(segments);
    Limits.atMost("segments", segments.size(), Limits.MAX_SEGMENTS);
    segments.forEach(Limits::hash);
    Limits.hash(aggregateHash);
    Limits.hash(modelHash);
    Names.check(coordinator);
    Limits.atMost("signature bytes", signature.length(), MAX_SIGNATURE_BYTES);
  }

  /// The segments without which the round went on, ascending.
  public List<Integer> abandoned() {
    return IntStream.range(0, segments.size())
        .filter(segment -> segments.get(segment).equals(SegmentResult.NONE))
        .boxed()
        .toList();
  }

  /// The same with the signature of its author.
  public RoundResult signed(Signer signer) {
    return new RoundResult(
        ctx, segments, aggregateHash, modelHash, coordinator, Bytes.of(signer.sign(signedBytes())));
  }

  @Override
  public String author() {
    return coordinator;
  }

  @Override
  public byte[] signedBytes() {
    return FieldWriter.of(LABEL, VERSION)
        .fixed(ctx, Hashing.BYTES)
        .list(segments, (out, hash) -> out.fixed(hash, Hashing.BYTES))
        .fixed(aggregateHash, Hashing.BYTES)
        .fixed(modelHash, Hashing.BYTES)
        .text(coordinator)
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static RoundResult decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new RoundResult(
                in.fixed(Hashing.BYTES),
                in.list(Limits.MAX_SEGMENTS, Hashing.BYTES, each -> each.fixed(Hashing.BYTES)),
                in.fixed(Hashing.BYTES),
                in.fixed(Hashing.BYTES),
                in.name(),
                in.bytes(MAX_SIGNATURE_BYTES)));
  }
}
