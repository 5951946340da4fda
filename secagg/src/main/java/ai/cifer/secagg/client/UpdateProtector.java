package ai.cifer.secagg.client;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.homocryption.aggregation.BlockMasker;
import ai.cifer.homocryption.aggregation.Quantiser;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.message.BlockTree;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/// One segment of an update on its way out, for one attempt: a stream of blocks, then the sealed
/// shares of its secret and the signed manifest.
///
/// Made by [Contribution#protect]. A block is computed when it is first read and kept in a spool
/// file, so memory is one block however large the segment is, and a stream that is read again gives
/// identical bytes: a secret masks a block once (rule R1). The spool vanishes when this is closed.
/// Not safe for several threads.
public final class UpdateProtector implements AutoCloseable {
  private static final int CHECKED_VALUES = 1 << 14;

  private final VerifiedRound round;
  private final Segment segment;
  private final int attempt;
  private final int weight;
  private final BlockEncoder encoder;
  private final List<SealedShare> shares;
  private final Signer signer;
  private final FileChannel spool;
  private final long length;
  private final int blocks;
  private final List<Bytes> leaves = new ArrayList<>();
  private final ByteBuffer block;
  private long position;
  private long spooled;

  UpdateProtector(
      VerifiedRound round,
      Segment segment,
      int attempt,
      int weight,
      BlockEncoder encoder,
      List<SealedShare> shares,
      Signer signer,
      FileChannel spool) {
    this.round = round;
    this.segment = segment;
    this.attempt = attempt;
    this.weight = weight;
    this.encoder = encoder;
    this.shares = List.copyOf(shares);
    this.signer = signer;
    this.spool = spool;
    AggregationPlan plan = round.plan();
    length = plan.segmentBytes(segment.size());
    blocks = plan.blocks(segment.size());
    block =
        ByteBuffer.allocate(plan.blockBytes() + BlockMasker.SLACK).order(ByteOrder.LITTLE_ENDIAN);
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
      int bad = Quantiser.firstNonFinite(values, count);
      if (bad >= 0) {
        int tensor = layout.indexAt(from + bad);
        throw new NonFiniteUpdate(
            layout.tensors().get(tensor).name(), from + bad - layout.offset(tensor), values[bad]);
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
    position = offset;
  }

  /// Reads on.
  ///
  /// @return bytes read, at least 1 if `target` has room, -1 at the end
  /// @throws IOException if the spool cannot be written or read
  public int read(ByteBuffer target) throws IOException {
    if (position == length) {
      return -1;
    }
    int index = (int) (position / round.plan().blockBytes());
    encodeUpTo(index);
    if (index == leaves.size() - 1) {
      return readLast(index, target);
    }
    int limit = target.limit();
    target.limit(target.position() + (int) Math.min(target.remaining(), spooled - position));
    try {
      int count = spool.read(target, position);
      position += count;
      return count;
    } finally {
      target.limit(limit);
    }
  }

  /// From the block that was encoded last, which is still in memory.
  private int readLast(int index, ByteBuffer target) {
    int from = (int) (position - (long) index * round.plan().blockBytes());
    int count = Math.min(target.remaining(), block.limit() - from);
    target.put(target.position(), block, from, count);
    target.position(target.position() + count);
    position += count;
    return count;
  }

  private void encodeUpTo(int last) throws IOException {
    while (leaves.size() <= last) {
      block.clear();
      encoder.encode(leaves.size(), block);
      block.flip();
      Bytes leaf = BlockTree.leaf(block.duplicate());
      ByteBuffer rest = block.duplicate();
      while (rest.hasRemaining()) {
        spooled += spool.write(rest, spooled);
      }
      leaves.add(leaf);
    }
  }

  /// The sealed shares by the index of their helper; the same ones at every call. Empty in mode
  /// `none`.
  public List<SealedShare> shares() {
    return shares;
  }

  /// The signed manifest, to be sent after the blocks and the shares.
  ///
  /// @throws IOException if the spool cannot be written
  public Manifest manifest() throws IOException {
    encodeUpTo(blocks - 1);
    return new Manifest(
            round.ctx(),
            signer.name(),
            segment.index(),
            attempt,
            round.plan().mode().isProtected() ? 0 : weight,
            length,
            BlockTree.root(length, leaves),
            shares.stream().map(SealedShare::hash).toList(),
            Bytes.EMPTY)
        .signed(signer);
  }

  /// Zeroes the secret and deletes the spool; the shares and the manifest remain.
  @Override
  public void close() throws IOException {
    encoder.close();
    spool.close();
  }
}
