package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import java.util.List;

/// Coordinator to helper: manifests and sealed shares of all candidates of a segment, in parts so
/// that no message grows with the roster.
///
/// @param ctx the context of the round
/// @param segment the segment
/// @param attempt the attempt
/// @param part counted from 0
/// @param parts their number
/// @param candidates of this part by ascending names
public record Shares(
    Bytes ctx, int segment, int attempt, int part, int parts, List<Candidate> candidates)
    implements Message {

  public static final String LABEL = "cifer.shares";

  /// Candidates of a part: with a share of 33 KB and 1024 helpers still below 4 MiB.
  public static final int MAX_CANDIDATES = 48;

  private static final int MAX_ELEMENT_BYTES = 1 << 17;

  /// What one client wants to contribute.
  ///
  /// @param manifest names the client and the hash of the share
  /// @param share sealed for the helper
  public record Candidate(Manifest manifest, SealedShare share) {}

  public Shares {
    Limits.hash(ctx);
    Limits.place(segment, attempt);
    if (part < 0 || part >= parts || parts > Limits.MAX_PARTICIPANTS) {
      throw new IllegalArgumentException(
          "part: %d of %d (expected: 0 <= part < parts)".formatted(part, parts));
    }
    Limits.atMost("candidates", candidates.size(), MAX_CANDIDATES);
    candidates = Limits.sorted(candidates, candidate -> candidate.manifest().client());
  }

  @Override
  public byte[] encode() {
    return FieldWriter.of(LABEL, VERSION)
        .fixed(ctx, Hashing.BYTES)
        .u31(segment)
        .u31(attempt)
        .u31(part)
        .u31(parts)
        .list(
            candidates,
            (out, each) -> out.bytes(each.manifest().encode()).bytes(each.share().encode()))
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static Shares decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new Shares(
                in.fixed(Hashing.BYTES),
                in.u31(),
                in.u31(),
                in.u31(),
                in.u31(),
                in.list(
                    MAX_CANDIDATES,
                    2 * Integer.BYTES,
                    each ->
                        new Candidate(
                            Manifest.decode(each.bytes(MAX_ELEMENT_BYTES).toByteArray()),
                            SealedShare.decode(each.bytes(MAX_ELEMENT_BYTES).toByteArray())))));
  }
}
