package ai.cifer.secagg.coordinator;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.homocryption.aggregation.AggregationException;
import ai.cifer.homocryption.aggregation.BlockOpener;
import ai.cifer.homocryption.aggregation.BlockSum;
import ai.cifer.homocryption.aggregation.Dequantiser;
import ai.cifer.homocryption.aggregation.SlotSum;
import ai.cifer.secagg.cipher.CipherRefused;
import ai.cifer.secagg.cipher.SumCipher;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.EncryptedSum;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/// Adds up the stored blocks of a certified cohort, opens the sum, and writes the mean.
///
/// Block by block over all clients in ascending order of names, so memory is a few blocks however
/// large segment and cohort are, and the result is the same whenever it is computed. In mode `none`
/// with integers the very same sums are decoded by the very same code, so the means are
/// bit-identical to those of a protected mode.
public final class SegmentFold {
  private final VerifiedRound round;
  private final AggregationPlan plan;
  private final Segment segment;
  private final Cohort cohort;
  private final byte[] publicSeed;
  private final List<StoredSegment> stored = new ArrayList<>();
  private final LongConsumer progress;
  private long foldNanos;

  /// @param stored the blocks of every member of the cohort, whose roots were verified
  /// @param progress is told how many more values are done, now and then
  public SegmentFold(
      VerifiedRound round,
      Cohort cohort,
      Map<String, StoredSegment> stored,
      LongConsumer progress) {
    this.round = round;
    plan = round.plan();
    segment = round.segments().get(cohort.segment());
    this.cohort = cohort;
    this.progress = progress;
    publicSeed = round.context().publicSeed(cohort.segment(), cohort.attempt());
    for (String client : cohort.clients()) {
      StoredSegment blocks = stored.get(client);
      if (blocks == null) {
        throw new IllegalArgumentException(
            "stored segments: without %s (expected: the whole cohort)".formatted(client));
      }
      this.stored.add(blocks);
    }
  }

  /// Opens the sum of a protected mode and writes the mean of the segment to its place in `mean`.
  ///
  /// @param sumOfSecrets from [Reveals#sumOfSecrets]
  /// @throws SumRefused if the sum does not open, or fails a check of the encoding; what was
  ///   written to `mean` is void then
  /// @throws IOException if stored blocks cannot be read
  public SegmentSum open(Coefficients sumOfSecrets, Tensors mean) throws IOException {
    requireMode(plan.mode().isProtected() && round.cipher().isEmpty());
    BlockOpener opener =
        new BlockOpener(plan.parameters(), publicSeed, sumOfSecrets.toIntArray(), cohort.size());
    BlockSum sum = new BlockSum(plan.parameters());
    ByteBuffer block = buffer();
    return decode(
        mean,
        (index, slotSums) -> {
          sum.clear();
          long start = System.nanoTime();
          for (StoredSegment client : stored) {
            read(client, index, block);
            sum.add(block);
          }
          foldNanos += System.nanoTime() - start;
          opener.open(index, sum, slotSums);
        });
  }

  /// Adds up the integers or floats of mode `none` and writes the mean of the segment to its place.
  ///
  /// @param manifests of the cohort; they hold the weights of floats
  /// @throws SumRefused if the sum fails a check of the encoding
  /// @throws IOException if stored blocks cannot be read
  public SegmentSum sum(Map<String, Manifest> manifests, Tensors mean) throws IOException {
    requireMode(!plan.mode().isProtected());
    if (!plan.quantise()) {
      return sumFloats(manifests, mean);
    }
    SlotSum sum = new SlotSum(plan.parameters());
    int[] slots = new int[plan.parameters().valuesPerBlock()];
    ByteBuffer block = buffer();
    return decode(
        mean,
        (index, slotSums) -> {
          sum.clear();
          long start = System.nanoTime();
          for (StoredSegment client : stored) {
            read(client, index, block);
            block.asIntBuffer().get(slots);
            sum.add(slots);
          }
          foldNanos += System.nanoTime() - start;
          sum.copySums(slotSums);
        });
  }

  /// Adds up blocks that are encrypted under a key holder's public key, as many as one message
  /// holds.
  ///
  /// @param firstBlock a multiple of [EncryptedSum#blocksPerPart]
  /// @throws SumRefused if a block is no ciphertext
  /// @throws IOException if stored blocks cannot be read
  public EncryptedSum encryptedSum(int firstBlock) throws IOException {
    SumCipher.Sum sum = round.cipher().orElseThrow().sum();
    int perPart = EncryptedSum.blocksPerPart(plan.blockBytes());
    int count = Math.min(perPart, plan.blocks(segment.size()) - firstBlock);
    ByteBuffer out = ByteBuffer.allocate(count * plan.blockBytes());
    ByteBuffer block = buffer();
    try {
      for (int index = firstBlock; index < firstBlock + count; index++) {
        sum.clear();
        for (StoredSegment client : stored) {
          read(client, index, block);
          sum.add(block);
        }
        sum.write(out);
      }
    } catch (CipherRefused refused) {
      throw new SumRefused(
          "segment %d: %s".formatted(segment.index(), refused.getMessage()), refused);
    }
    return new EncryptedSum(
        cohort.ctx(),
        cohort.segment(),
        cohort.attempt(),
        cohort.hash(),
        firstBlock,
        Bytes.of(out.array()));
  }

  /// Writes the mean of what the key holder opened to its place in `mean`.
  ///
  /// @param opened all blocks of the segment
  /// @throws SumRefused if the sum fails a check of the encoding
  /// @throws IOException never
  public SegmentSum decode(OpenedSums opened, Tensors mean) throws IOException {
    requireMode(round.cipher().isPresent());
    return decode(mean, opened::copy);
  }

  private static void requireMode(boolean fits) {
    if (!fits) {
      throw new IllegalStateException("mode: another (expected: open when protected, else sum)");
    }
  }

  private ByteBuffer buffer() {
    return ByteBuffer.allocate(plan.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void read(StoredSegment client, int index, ByteBuffer block) throws IOException {
    long at = (long) index * plan.blockBytes();
    long length = plan.segmentBytes(segment.size());
    block.clear().limit((int) Math.min(plan.blockBytes(), length - at));
    client.read(at, block);
    block.flip();
  }

  /// Where the sums of the slots of a block come from.
  @FunctionalInterface
  private interface SlotSums {
    void compute(int block, long[] out) throws IOException;
  }

  private SegmentSum decode(Tensors mean, SlotSums sums) throws IOException {
    long start = System.nanoTime();
    Dequantiser dequantiser = new Dequantiser(plan.parameters(), cohort.size(), plan.weightCap());
    int capacity = plan.parameters().valuesPerBlock();
    long[] slotSums = new long[capacity];
    float[] clips = new float[capacity];
    float[] values = new float[capacity];
    try {
      for (int index = 0; index < plan.blocks(segment.size()); index++) {
        sums.compute(index, slotSums);
        if (index == 0) {
          dequantiser.begin(slotSums);
        }
        int count = plan.blockValues(index, segment.size());
        long position = segment.from() + plan.blockFrom(index);
        plan.fillClips(mean.layout(), position, count, clips);
        dequantiser.dequantise(index, slotSums, clips, count, values);
        mean.write(position, values, count);
        progress.accept(count);
      }
    } catch (AggregationException refused) {
      throw new SumRefused(
          "segment %d: %s".formatted(segment.index(), refused.getMessage()), refused);
    }
    return timed(dequantiser.count(), start);
  }

  private SegmentSum sumFloats(Map<String, Manifest> manifests, Tensors mean) throws IOException {
    long[] weights = new long[stored.size()];
    long total = 0;
    for (int i = 0; i < weights.length; i++) {
      Manifest manifest = manifests.get(cohort.clients().get(i));
      if (manifest == null) {
        throw new IllegalArgumentException("manifests: not of the whole cohort");
      }
      weights[i] = manifest.weight();
      total += weights[i];
    }
    long start = System.nanoTime();
    double[] sum = new double[plan.parameters().valuesPerBlock()];
    float[] values = new float[sum.length];
    ByteBuffer block = buffer();
    for (int index = 0; index < plan.blocks(segment.size()); index++) {
      int count = plan.blockValues(index, segment.size());
      Arrays.fill(sum, 0);
      for (int i = 0; i < weights.length; i++) {
        read(stored.get(i), index, block);
        block.asFloatBuffer().get(values, 0, count);
        for (int k = 0; k < count; k++) {
          sum[k] += (double) weights[i] * values[k];
        }
      }
      for (int k = 0; k < count; k++) {
        values[k] = (float) (sum[k] / total);
      }
      mean.write(segment.from() + plan.blockFrom(index), values, count);
      progress.accept(count);
    }
    foldNanos = System.nanoTime() - start;
    return timed(total, start);
  }

  private SegmentSum timed(long examples, long startNanos) {
    long all = System.nanoTime() - startNanos;
    return new SegmentSum(cohort.size(), examples, foldNanos / 1e9, (all - foldNanos) / 1e9);
  }
}
