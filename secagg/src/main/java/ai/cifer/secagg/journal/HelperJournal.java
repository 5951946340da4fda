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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What a helper must not forget: the rounds it accepted, the one cohort that it signed for each
/// segment and attempt with the sum of its shares, what it revealed, and what it promised never to
/// reveal.
///
/// The draws of helpers, too: random bytes leave once for each. A draw is obsolete once a later
/// round of its run was accepted; of runs of which none was, the last [#MOST_DRAWN] are remembered.
/// That a coordinator can have more made, one after the other, before it comes back to an old one
/// gives it nothing: a new run has a draw of its own.
///
/// Rule R3: each entry is on disk before the message that depends on it leaves. Sums of rounds that
/// are over, because their result is known or a later one of the run was accepted, are obsolete:
/// erased when the journal is opened, and whenever obsolete entries outnumber the others, so that
/// neither memory nor disk grow with the number of rounds.
public final class HelperJournal implements RoundRegister, DrawRegister {
  private static final String CERTIFIED = "cifer.journal.certified";
  private static final String REVEALED = "cifer.journal.revealed";
  private static final String DRAWN = "cifer.journal.drawn";
  private static final String RENOUNCED = "cifer.journal.renounced";
  private static final int VERSION = 1;

  /// Runs with a draw that are remembered.
  static final int MOST_DRAWN = 256;

  /// Below so many obsolete entries the file is small anyway and rewriting it is not worth it.
  private static final int FEW = 32;

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
  private final Set<SegmentKey> renounced = new HashSet<>();

  /// Read by the client of the same participant too, on its own thread.
  private final Map<RunKey, Drawn> drawn = new ConcurrentHashMap<>();

  /// The same runs, the one that drew last at the end.
  private final SequencedSet<RunKey> drawing = new LinkedHashSet<>();

  private int written;

  private record RunKey(String federation, String run) {}

  /// Reads the journal and erases what is obsolete.
  ///
  /// @throws IOException if it cannot be read
  /// @throws ai.cifer.secagg.codec.MalformedMessage if an entry is of another version
  public HelperJournal(Journal journal) throws IOException {
    this.journal = journal;
    ledger = new RoundLedger(journal);
    List<byte[]> entries = journal.entries();
    List<byte[]> sums = new ArrayList<>();
    for (byte[] entry : entries) {
      if (!ledger.replay(entry)) {
        sums.add(entry);
      }
    }
    sums.forEach(this::replay);
    written = entries.size();
    if (size() < written) {
      eraseObsolete();
    }
  }

  private int size() {
    return ledger.size() + certified.size() + revealed.size() + renounced.size() + drawn.size();
  }

  private void eraseObsolete() throws IOException {
    List<byte[]> current = ledger.entries();
    certified.forEach((key, value) -> current.add(entry(key, value)));
    revealed.forEach(key -> current.add(entry(REVEALED, key).toByteArray()));
    renounced.forEach(key -> current.add(entry(RENOUNCED, key).toByteArray()));
    for (RunKey run : drawing) {
      Drawn draw = drawn.get(run);
      if (draw != null) {
        current.add(entry(run, draw));
      }
    }
    journal.replaceAll(current);
    written = current.size();
  }

  private void append(byte[] entry) throws IOException {
    journal.append(entry);
    written++;
  }

  private void forgetWhatIsOver() throws IOException {
    certified.keySet().removeIf(key -> !isCurrent(key));
    revealed.removeIf(key -> !isCurrent(key));
    renounced.removeIf(key -> !isCurrent(key));
    drawing.removeIf(run -> isOver(run, drawn.get(run)));
    drawn.keySet().retainAll(drawing);
    int obsolete = written - size();
    if (obsolete > Math.max(FEW, size())) {
      eraseObsolete();
    }
  }

  /// Takes in an entry unless it is obsolete.
  private void replay(byte[] entry) {
    switch (FieldReader.label(entry)) {
      case REVEALED -> replay(entry, REVEALED, revealed);
      case RENOUNCED -> replay(entry, RENOUNCED, renounced);
      case DRAWN -> replayDrawn(entry);
      default -> replayCertified(entry);
    }
  }

  private void replayDrawn(byte[] entry) {
    FieldReader.decode(
        entry,
        DRAWN,
        VERSION,
        in -> {
          RunKey run = new RunKey(in.name(), in.name());
          Drawn draw = new Drawn(in.u31(), in.u31(), in.fixed(Hashing.BYTES));
          if (!isOver(run, draw)) {
            remember(run, draw);
          }
          return run;
        });
  }

  private void remember(RunKey run, Drawn draw) {
    drawn.put(run, draw);
    drawing.remove(run);
    drawing.add(run);
    while (drawing.size() > MOST_DRAWN) {
      drawn.remove(drawing.removeFirst());
    }
  }

  private boolean isOver(RunKey run, @Nullable Drawn draw) {
    return draw == null
        || ledger
            .latest(run.federation, run.run)
            .filter(accepted -> accepted.round() > draw.round())
            .isPresent();
  }

  private void replay(byte[] entry, String label, Set<SegmentKey> keys) {
    SegmentKey key = FieldReader.decode(entry, label, VERSION, HelperJournal::key);
    if (isCurrent(key)) {
      keys.add(key);
    }
  }

  private void replayCertified(byte[] entry) {
    FieldReader.decode(
        entry,
        CERTIFIED,
        VERSION,
        in -> {
          SegmentKey key = key(in);
          Certified value =
              new Certified(
                  in.fixed(Hashing.BYTES), in.fixed(Hashing.BYTES), Coefficients.read(in));
          if (isCurrent(key)) {
            certified.put(key, value);
          }
          return key;
        });
  }

  private boolean isCurrent(SegmentKey key) {
    boolean latest =
        ledger
            .latest(key.federation(), key.run())
            .map(accepted -> accepted.round() <= key.round())
            .orElse(true);
    boolean open =
        ledger
            .completed(key.federation(), key.run())
            .map(done -> done.round() < key.round())
            .orElse(true);
    return latest && open;
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
  /// @throws IllegalStateException if something was signed before, or the round is over
  public void certify(SegmentKey key, Certified value) throws IOException {
    if (certified.containsKey(key)) {
      throw new IllegalStateException(key + ": certified before (expected: once)");
    }
    if (!isCurrent(key)) {
      throw new IllegalStateException(key + ": the round is over (expected: certified before)");
    }
    append(entry(key, value));
    certified.put(key, value);
  }

  private static byte[] entry(SegmentKey key, Certified value) {
    FieldWriter entry =
        entry(CERTIFIED, key)
            .fixed(value.ctx(), Hashing.BYTES)
            .fixed(value.cohort(), Hashing.BYTES);
    value.sum().write(entry);
    return entry.toByteArray();
  }

  /// Whether the sum of a segment and attempt was revealed.
  public boolean isRevealed(SegmentKey key) {
    return revealed.contains(key);
  }

  /// Records on disk that the sum is about to be revealed, unless it is recorded.
  ///
  /// @throws IllegalStateException if this attempt or a later one was renounced
  public void reveal(SegmentKey key) throws IOException {
    if (isRenounced(key)) {
      throw new IllegalStateException(key + ": renounced (expected: nothing is revealed any more)");
    }
    if (!revealed.contains(key)) {
      append(entry(REVEALED, key).toByteArray());
      revealed.add(key);
    }
  }

  /// Whether this attempt or a later one was renounced: then nothing of it may be revealed.
  public boolean isRenounced(SegmentKey key) {
    return renounced.stream()
        .anyMatch(each -> each.isOfSameSegment(key) && each.attempt() >= key.attempt());
  }

  /// Records on disk that nothing of this attempt or of one before will ever be revealed, unless it
  /// is recorded.
  ///
  /// @throws IllegalStateException if it was revealed
  public void renounce(SegmentKey key) throws IOException {
    if (revealed.contains(key)) {
      throw new IllegalStateException(key + ": revealed (expected: nothing of it)");
    }
    if (!renounced.contains(key)) {
      append(entry(RENOUNCED, key).toByteArray());
      renounced.add(key);
    }
  }

  @Override
  public Optional<Drawn> drawn(String federation, String run) {
    return Optional.ofNullable(drawn.get(new RunKey(federation, run)));
  }

  /// Records on disk that this participant's random bytes are about to leave.
  ///
  /// @throws IllegalStateException if they left in this draw or a later one before
  public void draw(String federation, String run, Drawn draw) throws IOException {
    RunKey key = new RunKey(federation, run);
    Drawn before = drawn.get(key);
    if (before != null && !draw.isAfter(before)) {
      throw new IllegalStateException(
          "draw %d of round %d: after %d of %d (expected: before)"
              .formatted(draw.number(), draw.round(), before.number(), before.round()));
    }
    append(entry(key, draw));
    remember(key, draw);
    forgetWhatIsOver();
  }

  private static byte[] entry(RunKey run, Drawn draw) {
    return FieldWriter.of(DRAWN, VERSION)
        .text(run.federation)
        .text(run.run)
        .u31(draw.round())
        .u31(draw.number())
        .fixed(draw.list(), Hashing.BYTES)
        .toByteArray();
  }

  @Override
  public Optional<Accepted> latest(String federation, String run) {
    return ledger.latest(federation, run);
  }

  @Override
  public void accept(String federation, String run, Accepted round) throws IOException {
    if (!latest(federation, run).equals(Optional.of(round))) {
      ledger.accept(federation, run, round);
      written++;
      forgetWhatIsOver();
    }
  }

  @Override
  public Optional<Completed> completed(String federation, String run) {
    return ledger.completed(federation, run);
  }

  @Override
  public void complete(String federation, String run, Completed round) throws IOException {
    if (completed(federation, run).filter(known -> known.round() >= round.round()).isEmpty()) {
      ledger.complete(federation, run, round);
      written++;
      forgetWhatIsOver();
    }
  }
}
