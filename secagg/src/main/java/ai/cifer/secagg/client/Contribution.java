package ai.cifer.secagg.client;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.AggregationSecret;
import ai.cifer.homocryption.aggregation.BlockMasker;
import ai.cifer.homocryption.aggregation.Quantiser;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.journal.ClientJournal;
import ai.cifer.secagg.journal.RoundRegister;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.round.RoundRefused;
import ai.cifer.secagg.round.RoundRefused.Reason;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.secagg.share.Shamir;
import ai.cifer.secagg.share.ShareSealer;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A client's one update of one round.
///
/// The client trains, then begins a contribution, then protects, streams and signs every segment.
/// Nothing of the update leaves before all of it was checked and the journal says that it leaves.
/// Each segment and attempt has a fresh secret (rule R1).
public final class Contribution implements AutoCloseable {
  private static final int VERSION = 1;

  private final VerifiedRound round;
  private final ClientUpdate update;
  private final Signer signer;
  private final long seed;
  private final ClientJournal journal;
  private final SecureRandom random;
  private final List<ShareSealer> sealers = new ArrayList<>();
  private final Set<Integer> begun = new HashSet<>();

  private Contribution(
      VerifiedRound round,
      ClientUpdate update,
      Signer signer,
      long seed,
      ClientJournal journal,
      SecureRandom random) {
    this.round = round;
    this.update = update;
    this.signer = signer;
    this.seed = seed;
    this.journal = journal;
    this.random = random;
  }

  /// Whether this client may train for a round at all; asked before training, and again by [#begin].
  ///
  /// @param allowRerun the owner's consent to a new run on a model that another run had already
  /// @throws RoundRefused if an update for this round may have left before, or consent is missing
  public static void requireFresh(
      VerifiedRound round, ClientJournal journal, boolean allowRerun) {
    RoundOpen open = round.open();
    if (journal.hasContributed(open.federation(), open.run(), open.round(), open.modelHash())) {
      throw new RoundRefused(
          Reason.ALREADY_CONTRIBUTED,
          "round %d: an update may have left before (expected: none; abstain until the next round)"
              .formatted(open.round()));
    }
    Optional<String> run = journal.lastRun(open.federation(), open.modelHash());
    if (run.isPresent() && !run.get().equals(open.run()) && !allowRerun) {
      throw new RoundRefused(
          Reason.RERUN,
          "run %s: run %s had this model already; two updates on one model reveal more than one"
                  .formatted(open.run(), run.get())
              + " (expected: \"allow_rerun\": true in this participant's file)");
    }
  }

  /// Checks the whole update and records on disk that it leaves.
  ///
  /// @param round accepted by the client's policy, its model checked with
  ///   [VerifiedRound#requireModel]
  /// @param update stays as it is, and open, until this contribution is closed
  /// @param seed the client's own; rounding is drawn from it, its name, the round and the segment,
  ///   so the same update gives the same integers in every mode and attempt
  /// @throws NonFiniteUpdate if a value is a NaN or an infinity
  /// @throws RoundRefused as [#requireFresh]
  /// @throws IOException if the record cannot be written
  public static Contribution begin(
      VerifiedRound round,
      ClientUpdate update,
      Signer signer,
      long seed,
      ClientJournal journal,
      boolean allowRerun,
      SecureRandom random)
      throws IOException {
    RoundOpen open = round.open();
    if (!round.isModelChecked()) {
      throw new IllegalStateException("model: not checked (expected: requireModel first)");
    }
    if (!update.delta().layout().equals(open.layout())) {
      throw new IllegalArgumentException(
          "update: %s (expected: %s)".formatted(update.delta().layout(), open.layout()));
    }
    requireFresh(round, journal, allowRerun);
    UpdateProtector.check(update);
    journal.contribute(open.federation(), open.run(), open.round(), open.modelHash());
    Contribution contribution =
        new Contribution(round, update, signer, seed, journal, random);
    for (HelperHello helper : open.helpers()) {
      contribution.sealers.add(new ShareSealer(round.ctx(), signer.name(), helper, random));
    }
    return contribution;
  }

  /// Protects a segment with a fresh secret.
  ///
  /// @param attempt 0; a retry needs statements that the attempt before was not revealed
  /// @return to be closed by the caller after the manifest was sent
  /// @throws IllegalArgumentException if there is no such segment, or it is a retry
  /// @throws IllegalStateException if the segment was protected before
  public UpdateProtector protect(int segment, int attempt) {
    if (segment < 0 || segment >= round.segments().size()) {
      throw new IllegalArgumentException(
          "segment: %d (expected: 0 to %d)".formatted(segment, round.segments().size() - 1));
    }
    if (attempt != 0) {
      throw new IllegalArgumentException(
          "attempt: %d (expected: 0 without statements that attempt 0 was not revealed)"
              .formatted(attempt));
    }
    if (!begun.add(segment)) {
      throw new IllegalStateException(
          "segment %d attempt %d: protected before (expected: once)".formatted(segment, attempt));
    }
    AggregationPlan plan = round.plan();
    Segment cut = round.segments().get(segment);
    SegmentValues values = new SegmentValues(plan, cut, update.delta());
    int weight = plan.weight(update.examples());
    List<SealedShare> shares = List.of();
    BlockEncoder encoder;
    if (plan.mode().isProtected()) {
      AggregationSecret secret = AggregationSecret.generate(plan.parameters(), random);
      shares = share(secret, segment, attempt);
      byte[] publicSeed = round.context().publicSeed(segment, attempt);
      BlockMasker masker = new BlockMasker(plan.parameters(), publicSeed, secret);
      encoder = new MaskedBlocks(values, quantiser(segment, weight), masker, secret);
    } else if (plan.quantise()) {
      encoder = new IntegerBlocks(values, quantiser(segment, weight));
    } else {
      encoder = new FloatBlocks(values);
    }
    return new UpdateProtector(round, cut, attempt, weight, encoder, shares, signer);
  }

  private Quantiser quantiser(int segment, int weight) {
    AggregationPlan plan = round.plan();
    byte[] roundingSeed =
        Bytes.sha256(
                FieldWriter.of("cifer.rounding", VERSION)
                    .i64(seed)
                    .text(signer.name())
                    .u31(round.open().round())
                    .u31(segment)
                    .toByteArray())
            .toByteArray();
    return new Quantiser(plan.parameters(), roundingSeed, weight, plan.weightCap());
  }

  private List<SealedShare> share(AggregationSecret secret, int segment, int attempt) {
    AggregationParameters parameters = round.plan().parameters();
    int[] coefficients = new int[parameters.degree()];
    secret.copyCoefficients(coefficients);
    int[][] shares =
        Shamir.split(coefficients, round.open().threshold(), sealers.size(), random);
    Arrays.fill(coefficients, 0);
    List<SealedShare> sealed = new ArrayList<>();
    for (int j = 0; j < shares.length; j++) {
      sealed.add(sealers.get(j).seal(segment, attempt, shares[j]));
      Arrays.fill(shares[j], 0);
    }
    return sealed;
  }

  /// Remembers how the round ended, so that the next one must continue from it.
  ///
  /// @throws RoundRefused if the result is not the coordinator's for this round
  /// @throws IOException if the record cannot be written
  public void complete(RoundResult result) throws IOException {
    if (!round.isAuthentic(result)) {
      throw new RoundRefused(
          Reason.SIGNATURE,
          "result of round %d: not authentic (expected: signed by %s for this context)"
              .formatted(round.open().round(), round.open().author()));
    }
    journal.complete(
        round.open().federation(),
        round.open().run(),
        new RoundRegister.Completed(round.open().round(), result.hash(), result.modelHash()));
  }

  /// Zeroes what seals the shares; the update remains its owner's.
  @Override
  public void close() {
    sealers.forEach(ShareSealer::close);
  }
}
