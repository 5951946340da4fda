package ai.cifer.secagg.journal;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.message.Coefficients;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a helper must not forget: the rounds it accepted, the one cohort that it signed for each
/// segment and attempt with the sum of its shares, and what it revealed.
///
/// Rule R3: each entry is on disk before the message that depends on it leaves. Sums of rounds that
/// can no longer be opened, because a later one of the run was accepted, are erased when the
/// journal is opened.
public final class HelperJournal implements RoundRegister {
  private static final String CERTIFIED = "cifer.journal.certified";
  private static final String REVEALED = "cifer.journal.revealed";
  private static final int VERSION = 1;

  /// What was signed.
  ///
  /// @param ctx the context, binding for the key
  /// @param cohort H(U)
  /// @param sum S_j
  public record Certified(Bytes ctx, Bytes cohort, Coefficients sum) {}

  private final Journal journal;
  private final RoundLedger ledger;
  private final Map<SegmentKey, Certified> certified = new HashMap<>();
  private final Set<SegmentKey> revealed = new HashSet<>();

  /// Reads the journal and erases what is obsolete.
  ///
  /// @throws IOException if it cannot be read
  /// @throws ai.cifer.secagg.codec.MalformedMessage if an entry is of another version
  public HelperJournal(Journal journal) throws IOException {
    this.journal = journal;
    ledger = new RoundLedger(journal);
    List<byte[]> kept = new ArrayList<>();
    List<byte[]> sums = new ArrayList<>();
    for (byte[] entry : journal.entries()) {
      (ledger.replay(entry) ? kept : sums).add(entry);
    }
    for (byte[] entry : sums) {
      if (replay(entry)) {
        kept.add(entry);
      }
    }
    if (kept.size() < journal.entries().size()) {
      journal.replaceAll(kept);
    }
  }

  /// Takes in an entry unless it is obsolete.
  private boolean replay(byte[] entry) {
    if (FieldReader.label(entry).equals(REVEALED)) {
      SegmentKey key = FieldReader.decode(entry, REVEALED, VERSION, HelperJournal::key);
      return isCurrent(key) && revealed.add(key);
    }
    return FieldReader.decode(
        entry,
        CERTIFIED,
        VERSION,
        in -> {
          SegmentKey key = key(in);
          Certified value =
              new Certified(
                  in.fixed(Hashing.BYTES), in.fixed(Hashing.BYTES), Coefficients.read(in));
          return isCurrent(key) && certified.put(key, value) == null;
        });
  }

  private boolean isCurrent(SegmentKey key) {
    return ledger
        .latest(key.federation(), key.run())
        .map(latest -> latest.round() <= key.round())
        .orElse(true);
  }

  private static SegmentKey key(FieldReader in) {
    return new SegmentKey(in.name(), in.name(), in.u31(), in.u31(), in.u31());
  }

  private static FieldWriter entry(String label, SegmentKey key) {
    return FieldWriter.of(label, VERSION)
        .text(key.federation())
        .text(key.run())
        .u31(key.round())
        .u31(key.segment())
        .u31(key.attempt());
  }

  /// What was signed for a segment and attempt, if anything.
  public Optional<Certified> certified(SegmentKey key) {
    return Optional.ofNullable(certified.get(key));
  }

  /// Records on disk what is about to be signed.
  ///
  /// @throws IllegalStateException if something was signed before
  public void certify(SegmentKey key, Certified value) throws IOException {
    if (certified.containsKey(key)) {
      throw new IllegalStateException(key + ": certified before (expected: once)");
    }
    FieldWriter entry =
        entry(CERTIFIED, key)
            .fixed(value.ctx(), Hashing.BYTES)
            .fixed(value.cohort(), Hashing.BYTES);
    value.sum().write(entry);
    journal.append(entry.toByteArray());
    certified.put(key, value);
  }

  /// Whether the sum of a segment and attempt was revealed.
  public boolean isRevealed(SegmentKey key) {
    return revealed.contains(key);
  }

  /// Records on disk that the sum is about to be revealed, unless it is recorded.
  public void reveal(SegmentKey key) throws IOException {
    if (!revealed.contains(key)) {
      journal.append(entry(REVEALED, key).toByteArray());
      revealed.add(key);
    }
  }

  @Override
  public Optional<Accepted> latest(String federation, String run) {
    return ledger.latest(federation, run);
  }

  @Override
  public void accept(String federation, String run, Accepted round) throws IOException {
    ledger.accept(federation, run, round);
    certified.keySet().removeIf(key -> !isCurrent(key));
    revealed.removeIf(key -> !isCurrent(key));
  }

  @Override
  public Optional<Completed> completed(String federation, String run) {
    return ledger.completed(federation, run);
  }

  @Override
  public void complete(String federation, String run, Completed round) throws IOException {
    ledger.complete(federation, run, round);
  }
}
