package ai.cifer.secagg.helper;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.helper.RequestRefused.Reason;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.journal.DrawRegister.Drawn;
import ai.cifer.secagg.journal.HelperJournal;
import ai.cifer.secagg.message.BeaconCommitment;
import ai.cifer.secagg.message.BeaconList;
import ai.cifer.secagg.message.BeaconOpening;
import ai.cifer.secagg.message.Draw;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A participant's part in drawing the helpers of a round: it commits to 32 random bytes, and opens
/// them for one list of everybody's commitments in which its own is.
///
/// Guarantees, if its journal is not rolled back: at most [Draw#MAX_NUMBER] openings leave for a
/// round, each for one list, recorded on disk before. The random bytes live in memory only; whoever
/// restarts in between cannot open them. Not safe for several threads.
public final class BeaconMember {
  private final Signer signer;
  private final String federation;
  private final HelperJournal journal;
  private final SecureRandom random;
  private @Nullable Pending pending;

  /// What was committed to last. No record: until they are opened the bytes are a secret.
  private static final class Pending {
    private final BeaconCommitment commitment;
    private final byte[] value;
    private @Nullable Bytes list;

    Pending(BeaconCommitment commitment, byte[] value) {
      this.commitment = commitment;
      this.value = value;
    }

    boolean isFor(String run, int round, int number) {
      return commitment.run().equals(run)
          && commitment.round() == round
          && commitment.number() == number;
    }
  }

  public BeaconMember(
      Signer signer, String federation, HelperJournal journal, SecureRandom random) {
    this.signer = signer;
    this.federation = federation;
    this.journal = journal;
    this.random = random;
  }

  /// The commitment for a draw, fresh at the first call, the same at the next.
  ///
  /// @throws RequestRefused if the round was accepted or the draw opened before, or a round has too
  ///   many draws
  public BeaconCommitment commit(String run, int round, int number) {
    Pending known = pending;
    if (known != null && known.isFor(run, round, number)) {
      return known.commitment;
    }
    if (number < 1 || number > Draw.MAX_NUMBER) {
      throw new RequestRefused(
          Reason.DRAW,
          "draw: %d of round %d (expected: 1 to %d)".formatted(number, round, Draw.MAX_NUMBER));
    }
    Drawn next = new Drawn(round, number, Bytes.EMPTY);
    Optional<Drawn> before = journal.drawn(federation, run);
    if (before.filter(drawn -> !next.isAfter(drawn)).isPresent()
        || journal.latest(federation, run).filter(latest -> latest.round() >= round).isPresent()) {
      throw new RequestRefused(
          Reason.DRAW,
          "draw %d of round %d: over (expected: a later one)".formatted(number, round));
    }
    byte[] value = new byte[Draw.VALUE_BYTES];
    random.nextBytes(value);
    String name = signer.name();
    Bytes committed = BeaconCommitment.of(federation, run, round, number, name, Bytes.of(value));
    Pending fresh =
        new Pending(
            new BeaconCommitment(federation, run, round, number, name, committed, Bytes.EMPTY)
                .signed(signer),
            value);
    pending = fresh;
    return fresh.commitment;
  }

  /// Opens the commitment for this list; for the same list again.
  ///
  /// @throws RequestRefused if it is not of the draw for which this participant committed last, is
  ///   without its commitment, or another list came before
  /// @throws IOException if the journal cannot be written; nothing is opened then
  public BeaconOpening open(BeaconList list) throws IOException {
    Pending own = pending;
    if (own == null
        || !list.federation().equals(federation)
        || !own.isFor(list.run(), list.round(), list.number())
        || !list.contains(signer.name(), own.commitment.commitment())) {
      throw new RequestRefused(
          Reason.DRAW,
          "list of draw %d of round %d: without a commitment of this process (expected: with its latest)"
              .formatted(list.number(), list.round()));
    }
    Bytes hash = list.hash();
    if (own.list != null && !hash.equals(own.list)) {
      throw new RequestRefused(
          Reason.DRAW,
          "list of draw %d of round %d: a second one (expected: one list for a draw)"
              .formatted(list.number(), list.round()));
    }
    if (own.list == null) {
      journal.draw(federation, list.run(), new Drawn(list.round(), list.number(), hash));
      own.list = hash;
    }
    return new BeaconOpening(hash, signer.name(), Bytes.of(own.value));
  }
}
