package ai.cifer.secagg.coordinator;

import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.EncryptedSum;
import ai.cifer.secagg.message.OpenedSum;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.round.VerifiedRound;
import java.util.TreeMap;

/// What the key holder opened of one certified segment, message after message, where clients
/// encrypt under its public key. Safe for several threads.
public final class OpenedSums {
  private final VerifiedRound round;
  private final Cohort cohort;
  private final int blocks;
  private final int perPart;
  private final TreeMap<Integer, OpenedSum> parts = new TreeMap<>();

  public OpenedSums(VerifiedRound round, Cohort cohort) {
    this.round = round;
    this.cohort = cohort;
    AggregationPlan plan = round.plan();
    blocks = plan.blocks(round.segments().get(cohort.segment()).size());
    perPart = EncryptedSum.blocksPerPart(plan.blockBytes());
  }

  /// Takes in what was opened.
  ///
  /// @throws ContributionRefused if it is not the key holder's for this cohort
  public synchronized void add(OpenedSum opened) {
    int slots = round.plan().parameters().valuesPerBlock();
    int first = opened.firstBlock();
    boolean fits =
        round.isHelper(opened.helper())
            && opened.ctx().equals(cohort.ctx())
            && opened.segment() == cohort.segment()
            && opened.attempt() == cohort.attempt()
            && opened.cohort().equals(cohort.hash())
            && first % perPart == 0
            && first < blocks
            && opened.sums().length()
                == (long) Long.BYTES * slots * Math.min(perPart, blocks - first)
            && round.isAuthentic(opened);
    if (!fits) {
      throw new ContributionRefused(opened.helper(), "sum: not the key holder's for this cohort");
    }
    parts.putIfAbsent(first, opened);
  }

  /// The first block that is not opened yet; the number of all blocks if all are.
  public synchronized int next() {
    int next = 0;
    while (next < blocks && parts.containsKey(next)) {
      next += perPart;
    }
    return Math.min(next, blocks);
  }

  /// Whether all blocks are opened.
  public boolean isComplete() {
    return next() == blocks;
  }

  /// Copies the sums of a block.
  synchronized void copy(int block, long[] out) {
    OpenedSum part = parts.get(block - block % perPart);
    if (part == null) {
      throw new IllegalStateException("block %d: not opened (expected: all are)".formatted(block));
    }
    System.arraycopy(part.values(), block % perPart * out.length, out, 0, out.length);
  }
}
