package ai.cifer.secagg.message;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.plan.AggregationPlan;
import java.util.Collections;
import java.util.List;

/// What one client sends up in one round, before the framing of the transport.
///
/// @param blocks bytes of all blocks
/// @param shares bytes of all sealed shares
/// @param manifests bytes of all manifests
public record UploadSize(long blocks, long shares, long manifests) {
  private static final int ED25519_BYTES = 64;

  /// Exact for Ed25519 signatures, without any measurement.
  ///
  /// @param client the client's name
  /// @param helpers the helpers' names; empty in mode `none`
  public static UploadSize of(
      AggregationPlan plan, ModelLayout layout, String client, List<String> helpers) {
    Bytes hash = Bytes.zeros(Hashing.BYTES);
    int ciphertext = plan.shareBytes() + SealedShare.TAG_BYTES;
    long sharesOfSegment = 0;
    for (String helper : helpers) {
      sharesOfSegment +=
          new SealedShare(
                  hash,
                  client,
                  helper,
                  0,
                  0,
                  Bytes.zeros(HelperHello.X25519_BYTES),
                  Bytes.zeros(SealedShare.ML_KEM_BYTES),
                  Bytes.zeros(ciphertext))
              .encode()
              .length;
    }
    long manifest =
        new Manifest(
                hash,
                client,
                0,
                0,
                0,
                0,
                hash,
                Collections.nCopies(helpers.size(), hash),
                Bytes.zeros(ED25519_BYTES))
            .encode()
            .length;
    long segments = layout.segments(plan.segmentParameters()).size();
    return new UploadSize(
        plan.updateBytes(layout), segments * sharesOfSegment, segments * manifest);
  }

  /// All bytes.
  public long total() {
    return blocks + shares + manifests;
  }
}
