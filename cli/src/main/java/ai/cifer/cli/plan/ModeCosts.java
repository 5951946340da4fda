package ai.cifer.cli.plan;

import ai.cifer.cli.plan.PlanDocument.Seconds;
import ai.cifer.cli.plan.PlanDocument.Space;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.secagg.message.RoundTraffic;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a round costs in one mode.
///
/// @param upload the tensors of what a client sends
/// @param clients of the round
/// @param helpers of them, or the key holder
record ModeCosts(
    AggregationPlan plan,
    ModelLayout layout,
    ModelLayout upload,
    int clients,
    int helpers,
    RoundTraffic traffic) {

  /// Values, clips and slots of the block that is being made.
  private static final int BYTES_A_VALUE = Float.BYTES + Float.BYTES + Integer.BYTES;

  PlanDocument.Bytes bytes() {
    boolean all = plan.mode() == EncryptionMode.SECURE_AGGREGATION;
    // Who is client and helper is told once how a round begins and ends.
    long up = traffic.clientUp() + (all ? traffic.helperUp() : 0);
    long down = traffic.clientDown() + (all ? traffic.helperDown() : 0);
    return new PlanDocument.Bytes(
        up,
        down,
        traffic.upload().total(),
        (double) traffic.upload().total() / (Float.BYTES * layout.parameters()),
        traffic.helperUp(),
        traffic.helperDown(),
        clients * traffic.clientUp() + helpers * traffic.helperUp(),
        clients * traffic.clientDown()
            + helpers * (traffic.helperDown() + (all ? 0 : traffic.announcements())));
  }

  private List<Segment> segments() {
    return upload.segments(plan.segmentParameters());
  }

  /// Sealed shares of one segment, of all clients for all helpers.
  private long sealedShares() {
    return clients * traffic.upload().shares() / segments().size();
  }

  /// A block of a client and of the coordinator, and the shares: a client's own of one segment, a
  /// helper's of those segments that are worked on, the coordinator's of all until the round ends.
  Space memory() {
    long block = plan.blockBytes() + (long) BYTES_A_VALUE * plan.parameters().valuesPerBlock();
    long held =
        (long) clients
            * plan.shareBytes()
            * Math.min(segments().size(), plan.segmentsAtOnce(clients, Math.max(1, helpers)));
    long helper = helpers == 0 ? 0 : held;
    boolean all = plan.mode() == EncryptionMode.SECURE_AGGREGATION;
    return new Space(
        block + sealedShares() / clients + (all ? helper : 0),
        helper,
        block + sealedShares() * segments().size());
  }

  /// A client keeps the model and the segment that it sends; the coordinator all updates until
  /// their segment is open, the model before and after, and the mean.
  Space disk() {
    long model = Float.BYTES * layout.parameters();
    long segment =
        segments().stream().mapToLong(each -> plan.segmentBytes(each.size())).max().orElse(0);
    long mean = Float.BYTES * upload.parameters();
    return new Space(
        traffic.model() + segment,
        0,
        clients * traffic.upload().blocks() + mean + traffic.model() + model);
  }

  Seconds seconds(Optional<Speed> speed, double megabitsPerSecond) {
    PlanDocument.Bytes bytes = bytes();
    double perByte = 8 / (megabitsPerSecond * 1e6);
    double client = (bytes.clientUp() + bytes.clientDown()) * perByte;
    // Both directions at once.
    double coordinator = Math.max(bytes.coordinatorUp(), bytes.coordinatorDown()) * perByte;
    if (speed.isEmpty() || !plan.mode().isProtected()) {
      return new Seconds(null, null, null, client, coordinator, null);
    }
    double millions = upload.parameters() / 1e6;
    boolean holderOpens = plan.mode().scheme().isPresent();
    double encrypt = speed.get().clientSeconds() * millions;
    double open = speed.get().openSeconds() * millions;
    double fold = speed.get().foldSeconds() * millions * clients + (holderOpens ? 0 : open);
    @Nullable Double helper = holderOpens ? (Double) open : null;
    return new Seconds(
        encrypt,
        fold,
        helper,
        client,
        coordinator,
        encrypt + fold + (holderOpens ? open : 0) + Math.max(client, coordinator));
  }
}
