package ai.cifer.secagg.client;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.homocryption.aggregation.Quantiser;
import ai.cifer.secagg.plan.AggregationPlan;

/// The values of a segment, block by block, as floats or as the integers of the plan.
final class SegmentValues {
  private final AggregationPlan plan;
  private final Segment segment;
  private final Tensors delta;
  private final float[] values;
  private final float[] clips;

  SegmentValues(AggregationPlan plan, Segment segment, Tensors delta) {
    this.plan = plan;
    this.segment = segment;
    this.delta = delta;
    values = new float[plan.parameters().valuesPerBlock()];
    clips = new float[values.length];
  }

  /// Reads a block; valid until the next call.
  ///
  /// @return how many values of [#values()] it has
  int read(int block) {
    int count = plan.blockValues(block, segment.size());
    delta.read(segment.from() + plan.blockFrom(block), values, count);
    return count;
  }

  float[] values() {
    return values;
  }

  void quantise(Quantiser quantiser, int block, int[] slots) {
    int count = read(block);
    ModelLayout layout = delta.layout();
    plan.fillClips(layout, segment.from() + plan.blockFrom(block), count, clips);
    quantiser.quantise(block, values, clips, count, slots);
  }
}
