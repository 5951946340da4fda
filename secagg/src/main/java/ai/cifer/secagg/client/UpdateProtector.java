package ai.cifer.secagg.client;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.message.BlockTree;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.round.VerifiedRound;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One segment of an update on its way out, for one attempt: a stream of blocks, then the sealed
/// shares of its secret and the signed manifest.
///
/// Made by [Contribution#protect]. Blocks are computed when they are read, so memory is one block
/// however large the segment is. A stream that is read again gives identical bytes; a block that
/// would not, because the update was changed meanwhile, is refused (rule R1). Not safe for several
/// threads.
public final class UpdateProtector implements AutoCloseable {
  private static final int CHECKED_VALUES = 1 << 14;

  private final VerifiedRound round;
  private final Segment segment;
  private final int attempt;
  private final int weight;
  private final BlockEncoder encoder;
  private final List<SealedShare> shares;
  private final Signer signer;
  private final long length;
  private final int blocks;
  private final List<@Nullable Bytes> leaves;
  private final ByteBuffer block;
  private int nextBlock;

  UpdateProtector(
      VerifiedRound round,
      Segment segment,
      int attempt,
      int weight,
      BlockEncoder encoder,
      List<SealedShare> shares,
      Signer signer) {
    this.round = round;
    this.segment = segment;
    this.attempt = attempt;
    this.weight = weight;
    this.encoder = encoder;
    this.shares = List.copyOf(shares);
    this.signer = signer;
    AggregationPlan plan = round.plan();
    length = plan.segmentBytes(segment.size());
    blocks = plan.blocks(segment.size());
    leaves = new ArrayList<>(blocks);
    for (int i = 0; i < blocks; i++) {
      leaves.add(null);
    }
    block = ByteBuffer.allocate(plan.blockBytes()).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  }

  /// Looks at every value of an update before anything of it leaves.
  ///
  /// @throws NonFiniteUpdate naming the first tensor and index with a NaN or an infinity
  public static void check(ClientUpdate update) {
    Tensors delta = update.delta();
    ModelLayout layout = delta.layout();
    float[] values = new float[CHECKED_VALUES];
    for (long from = 0; from < layout.parameters(); from += values.length) {
      int count = (int) Math.min(values.length, layout.parameters() - from);
      delta.read(from, values, count);
      for (int i = 0; i < count; i++) {
        if (!Float.isFinite(values[i])) {
          int tensor = layout.indexAt(from + i);
          throw new NonFiniteUpdate(
              layout.tensors().get(tensor).name(), from + i - layout.offset(tensor), values[i]);
        }
      }
    }
  }

  /// The segment.
  public Segment segment() {
    return segment;
  }

  /// The attempt.
  public int attempt() {
    return attempt;
  }

  /// Bytes of the stream of blocks.
  public long length() {
    return length;
  }

  /// Moves to a byte of the stream, for an upload that goes on where it was interrupted.
  ///
  /// @param offset 0 to [#length()]
  public void position(long offset) {
    if (offset < 0 || offset > length) {
      throw new IllegalArgumentException(
          "offset: %d (expected: 0 to %d)".formatted(offset, length));
    }
    int blockBytes = round.plan().blockBytes();
    nextBlock = (int) (offset / blockBytes);
    block.limit(0);
    if (offset % blockBytes != 0) {
      encodeNext();
      block.position((int) (offset % blockBytes));
    }
  }

  /// Reads on.
  ///
  /// @return bytes read, at least 1 if `target` has room, -1 at the end
  public int read(ByteBuffer target) {
    if (!block.hasRemaining()) {
      if (nextBlock == blocks) {
        return -1;
      }
      encodeNext();
    }
    int count = Math.min(target.remaining(), block.remaining());
    target.put(block.slice(block.position(), count));
    block.position(block.position() + count);
    return count;
  }

  private void encodeNext() {
    block.clear();
    encoder.encode(nextBlock, block);
    block.flip();
    Bytes leaf = BlockTree.leaf(block.duplicate());
    Bytes known = leaves.set(nextBlock, leaf);
    if (known != null && !known.equals(leaf)) {
      block.limit(0);
      throw new IllegalStateException(
          "block %d of segment %d: other bytes than before (expected: an update that stays as it is)"
              .formatted(nextBlock, segment.index()));
    }
    nextBlock++;
  }

  /// The sealed shares by the index of their helper; the same ones at every call. Empty in mode
  /// `none`.
  public List<SealedShare> shares() {
    return shares;
  }

  /// The signed manifest, to be sent after the blocks and the shares.
  ///
  /// Blocks that were not read are computed for their hashes.
  public Manifest manifest() {
    int resume = nextBlock;
    int position = block.position();
    int limit = block.limit();
    List<Bytes> complete = new ArrayList<>(blocks);
    boolean moved = false;
    for (int i = 0; i < blocks; i++) {
      Bytes leaf = leaves.get(i);
      if (leaf == null) {
        moved = true;
        nextBlock = i;
        encodeNext();
        leaf = leaves.get(i);
      }
      if (leaf != null) {
        complete.add(leaf);
      }
    }
    if (moved) {
      restore(resume, position, limit);
    }
    return new Manifest(
            round.ctx(),
            signer.name(),
            segment.index(),
            attempt,
            round.plan().mode().isProtected() ? 0 : weight,
            length,
            BlockTree.root(length, complete),
            shares.stream().map(SealedShare::hash).toList(),
            Bytes.EMPTY)
        .signed(signer);
  }

  private void restore(int resume, int position, int limit) {
    nextBlock = resume;
    block.limit(0);
    if (position < limit) {
      nextBlock = resume - 1;
      encodeNext();
      block.position(position);
    }
  }

  /// Zeroes the secret; the shares and the manifest remain.
  @Override
  public void close() {
    encoder.close();
  }
}
