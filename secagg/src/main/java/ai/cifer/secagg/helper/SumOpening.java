package ai.cifer.secagg.helper;

import ai.cifer.secagg.cipher.CipherRefused;
import ai.cifer.secagg.cipher.SumSecretKey;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.helper.RequestRefused.Reason;
import ai.cifer.secagg.message.EncryptedSum;
import ai.cifer.secagg.message.OpenedSum;
import ai.cifer.secagg.plan.AggregationPlan;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The one opening of a certified segment: seeds of the cohort, and which ciphertext came for which
/// blocks. In memory only; after a restart the sum cannot be opened any more.
final class SumOpening {
  private final AggregationPlan plan;
  private final int blocks;
  private final List<byte[]> seeds;
  private final Map<Integer, Bytes> opened = new HashMap<>();

  /// @param size values of the segment
  /// @param seeds of the cohort; given away
  SumOpening(AggregationPlan plan, long size, List<byte[]> seeds) {
    this.plan = plan;
    this.blocks = plan.blocks(size);
    this.seeds = seeds;
  }

  /// Checks that a request asks for blocks that exist, and for no other sum than before.
  ///
  /// @throws RequestRefused if not
  void require(EncryptedSum request) {
    int perPart = EncryptedSum.blocksPerPart(plan.blockBytes());
    int first = request.firstBlock();
    int count = Math.min(perPart, blocks - first);
    if (first % perPart != 0
        || count < 1
        || request.blocks().length() != (long) count * plan.blockBytes()) {
      throw new RequestRefused(
          Reason.BAD_SUM,
          "sum of segment %d from block %d: %d bytes (expected: %d blocks of %d from a multiple of %d)"
              .formatted(
                  request.segment(),
                  first,
                  request.blocks().length(),
                  Math.max(0, count),
                  plan.blockBytes(),
                  perPart));
    }
    Bytes hash = request.hash();
    Bytes before = opened.putIfAbsent(first, hash);
    if (before != null && !before.equals(hash)) {
      throw new RequestRefused(
          Reason.SECOND_SUM,
          "sum of segment %d from block %d: another one came before (expected: one for ever)"
              .formatted(request.segment(), first));
    }
  }

  /// The integers in the sums, as many as the blocks have slots.
  ///
  /// @throws RequestRefused if it is not the sum over the cohort; nothing of it leaves
  Bytes open(EncryptedSum request, SumSecretKey key) {
    int blockBytes = plan.blockBytes();
    byte[] bytes = request.blocks().toByteArray();
    int slots = plan.parameters().valuesPerBlock();
    long[] sums = new long[bytes.length / blockBytes * slots];
    try {
      for (int i = 0; i * blockBytes < bytes.length; i++) {
        ByteBuffer block = ByteBuffer.wrap(bytes, i * blockBytes, blockBytes).slice();
        long[] one = key.open(plan.parameters(), request.firstBlock() + i, block, seeds);
        System.arraycopy(one, 0, sums, i * slots, slots);
      }
    } catch (CipherRefused refused) {
      throw new RequestRefused(
          Reason.BAD_SUM,
          "sum of segment %d: %s".formatted(request.segment(), refused.getMessage()));
    }
    return OpenedSum.pack(sums);
  }

  /// Zeroes the seeds.
  void erase() {
    seeds.forEach(seed -> Arrays.fill(seed, (byte) 0));
  }
}
