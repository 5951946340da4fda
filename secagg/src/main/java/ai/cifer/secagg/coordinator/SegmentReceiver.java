package ai.cifer.secagg.coordinator;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.homocryption.aggregation.AggregationException;
import ai.cifer.homocryption.aggregation.BlockSum;
import ai.cifer.secagg.cipher.CipherRefused;
import ai.cifer.secagg.cipher.SumCipher;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.BlockTree;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.round.VerifiedRound;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Looks at the blocks of one client's segment as they arrive: canonical, exactly as many, hashed.
///
/// The bytes themselves are stored by the caller. To resume after a restart, feed what is stored,
/// then what arrives. Memory is one block and 32 bytes for each block before. Not safe for several
/// threads.
public final class SegmentReceiver {
  private final AggregationPlan plan;
  private final String client;
  private final long length;
  private final List<Bytes> leaves = new ArrayList<>();
  private final ByteBuffer block;
  private final BlockSum canonical;
  private final Optional<SumCipher.Sum> encrypted;
  private long received;

  /// @param client named in refusals
  public SegmentReceiver(VerifiedRound round, Segment segment, String client) {
    this(round.plan(), segment, client, round.cipher());
  }

  /// For modes without a public key.
  public SegmentReceiver(AggregationPlan plan, Segment segment, String client) {
    this(plan, segment, client, Optional.empty());
  }

  private SegmentReceiver(
      AggregationPlan plan, Segment segment, String client, Optional<SumCipher> cipher) {
    if (cipher.isPresent() != plan.mode().scheme().isPresent()) {
      throw new IllegalArgumentException("cipher: missing (expected: that of the round)");
    }
    encrypted = cipher.map(SumCipher::sum);
    this.plan = plan;
    this.client = client;
    length = plan.segmentBytes(segment.size());
    block = ByteBuffer.allocate(plan.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
    canonical = new BlockSum(plan.parameters());
    prepare();
  }

  private void prepare() {
    block.clear().limit((int) Math.min(plan.blockBytes(), length - received));
  }

  /// The bytes of the whole stream.
  public long length() {
    return length;
  }

  /// The bytes that came so far.
  public long received() {
    return received;
  }

  /// Whether all bytes came.
  public boolean isComplete() {
    return received == length;
  }

  /// Takes in the next bytes, all that remain in `chunk`.
  ///
  /// @throws ContributionRefused if there are too many, or a block is not canonical
  public void accept(ByteBuffer chunk) {
    if (chunk.remaining() > length - received) {
      throw new ContributionRefused(
          client, "blocks: more than %d bytes (expected: exactly as many)".formatted(length));
    }
    while (chunk.hasRemaining()) {
      int count = Math.min(chunk.remaining(), block.remaining());
      block.put(chunk.slice(chunk.position(), count));
      chunk.position(chunk.position() + count);
      received += count;
      if (!block.hasRemaining()) {
        block.flip();
        requireCanonical();
        leaves.add(BlockTree.leaf(block.duplicate()));
        prepare();
      }
    }
  }

  private void requireCanonical() {
    if (encrypted.isPresent()) {
      try {
        encrypted.get().clear();
        encrypted.get().add(block.duplicate());
      } catch (CipherRefused malformed) {
        throw new ContributionRefused(
            client, "block %d: %s".formatted(leaves.size(), malformed.getMessage()));
      }
      return;
    }
    if (plan.mode().isProtected()) {
      try {
        canonical.clear();
        canonical.add(block.duplicate());
      } catch (AggregationException malformed) {
        throw new ContributionRefused(
            client, "block %d: %s".formatted(leaves.size(), malformed.getMessage()));
      }
      return;
    }
    int largest = (1 << plan.parameters().valueBits()) - 1;
    for (int at = 0; at < block.limit(); at += Integer.BYTES) {
      boolean fits =
          plan.quantise()
              ? block.getInt(at) >= 0 && block.getInt(at) <= largest
              : Float.isFinite(block.getFloat(at));
      if (!fits) {
        throw new ContributionRefused(
            client,
            "block %d: a value out of range (expected: %s)"
                .formatted(leaves.size(), plan.quantise() ? "0 to " + largest : "finite"));
      }
    }
  }

  /// The root over all blocks.
  ///
  /// @throws IllegalStateException if bytes are missing
  public Bytes root() {
    if (!isComplete()) {
      throw new IllegalStateException(
          "blocks: %d bytes (expected: %d)".formatted(received, length));
    }
    return BlockTree.root(length, leaves);
  }
}
