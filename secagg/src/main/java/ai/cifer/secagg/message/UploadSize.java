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
  /// Bytes of a signature.
  static final int ED25519_BYTES = 64;

  private static final Bytes HASH = Bytes.zeros(Hashing.BYTES);

  /// Exact for Ed25519 signatures, without any measurement.
  ///
  /// @param client the client's name
  /// @param helpers the helpers' names; empty in mode `none`
  public static UploadSize of(
      AggregationPlan plan, ModelLayout layout, String client, List<String> helpers) {
    long sharesOfSegment = 0;
    for (String helper : helpers) {
      sharesOfSegment += share(plan, client, helper).encode().length;
    }
    long manifest = manifest(client, helpers.size()).encode().length;
    long segments = layout.segments(plan.segmentParameters()).size();
    return new UploadSize(
        plan.updateBytes(layout), segments * sharesOfSegment, segments * manifest);
  }

  /// A share with zeros for all that is secret or random.
  static SealedShare share(AggregationPlan plan, String client, String helper) {
    return new SealedShare(
        HASH,
        client,
        helper,
        0,
        0,
        Bytes.zeros(HelperHello.X25519_BYTES),
        Bytes.zeros(SealedShare.ML_KEM_BYTES),
        Bytes.zeros(plan.shareBytes() + SealedShare.TAG_BYTES));
  }

  /// The same of a manifest.
  static Manifest manifest(String client, int helpers) {
    return new Manifest(
        HASH,
        client,
        0,
        0,
        0,
        0,
        HASH,
        Collections.nCopies(helpers, HASH),
        Bytes.zeros(ED25519_BYTES));
  }

  /// All bytes.
  public long total() {
    return blocks + shares + manifests;
  }
}
