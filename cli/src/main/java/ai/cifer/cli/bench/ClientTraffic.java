package ai.cifer.cli.bench;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.message.Draw;
import ai.cifer.secagg.message.UploadSize;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import java.util.List;
import java.util.stream.IntStream;

/// The bytes that one client sends in one round of secure aggregation, counted on the messages
/// themselves.
///
/// @param helpers that hold shares: all clients up to 32
/// @param maskedBytes of the masked update
/// @param shareBytes of the sealed shares of its secrets, one for each helper and segment
/// @param manifestBytes of the signed lists of what it sent, one for each segment
record ClientTraffic(int helpers, long maskedBytes, long shareBytes, long manifestBytes) {
  private static final float CLIP = 0.1f;
  private static final int WEIGHT_CAP = 1000;

  static ClientTraffic of(AggregationParameters parameters, int clients, long params) {
    int helpers = Math.min(clients, Draw.HELPERS);
    ModelLayout layout = layout(params);
    AggregationPlan plan =
        AggregationPlan.uniform(
            EncryptionMode.SECURE_AGGREGATION, true, parameters, layout, CLIP, WEIGHT_CAP);
    List<String> names = IntStream.range(0, helpers).mapToObj("client-%03d"::formatted).toList();
    UploadSize size = UploadSize.of(plan, layout, names.getFirst(), names);
    return new ClientTraffic(helpers, size.blocks(), size.shares(), size.manifests());
  }

  long total() {
    return maskedBytes + shareBytes + manifestBytes;
  }

  // One tensor of a million columns and as many rows as fit, and one of the rest: dimensions are
  // ints.
  private static ModelLayout layout(long params) {
    int million = 1_000_000;
    if (params <= million) {
      return new ModelLayout(List.of(new TensorSpec("w", List.of((int) params))));
    }
    TensorSpec whole = new TensorSpec("w", List.of(Math.toIntExact(params / million), million));
    long rest = params % million;
    return new ModelLayout(
        rest == 0 ? List.of(whole) : List.of(whole, new TensorSpec("rest", List.of((int) rest))));
  }
}
