package ai.cifer.secagg.client;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.journal.ClientJournal;
import ai.cifer.secagg.journal.DrawRegister;
import ai.cifer.secagg.journal.RoundRegister;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.plan.Profile;
import ai.cifer.secagg.round.RoundPolicy;
import ai.cifer.secagg.round.RoundRefused;
import ai.cifer.secagg.round.RoundRefused.Reason;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/// A participant with data.
///
/// The life of a round: [#accept], download of the model and [VerifiedRound#requireModel],
/// [#requireFresh], training, [#contribute], then [Contribution#protect] for every segment and
/// [Contribution#retry] where it is asked for, at last [#complete]. Not safe for several threads.
///
/// Guarantees, if its journal is not rolled back: at most one update leaves for a (run, round,
/// model); none leaves that holds a NaN, into a mode, cohort, threshold or profile that the owner's
/// policy refuses, or on a model that the coordinator did not announce.
public final class ClientRole {
  private final Signer signer;
  private final RoundPolicy policy;
  private final Enrolment enrolment;
  private final ClientJournal journal;
  private final DrawRegister draws;
  private final boolean allowRerun;
  private final long seed;
  private final Path spool;
  private final SecureRandom random;

  /// @param policy the owner's own
  /// @param draws of helpers in which the same participant took part
  /// @param allowRerun the owner's consent to a new run on a model that another run had already
  /// @param seed the client's own; rounding is drawn from it, the client's name, the round and the
  ///   segment, so that the same update gives the same integers in every mode and attempt
  /// @param spool a folder with room for one protected segment
  public ClientRole(
      Signer signer,
      RoundPolicy policy,
      Enrolment enrolment,
      ClientJournal journal,
      DrawRegister draws,
      boolean allowRerun,
      long seed,
      Path spool,
      SecureRandom random) {
    this.signer = signer;
    this.policy = policy;
    this.enrolment = enrolment;
    this.journal = journal;
    this.draws = draws;
    this.allowRerun = allowRerun;
    this.seed = seed;
    this.spool = spool;
    this.random = random;
  }

  /// Has the code compiled that will protect an update, while others connect, if this client lets
  /// none leave unprotected. Returns at once.
  ///
  /// @param layout of what will be trained
  public void expect(ModelLayout layout) {
    if (policy.modes().stream().allMatch(EncryptionMode::isProtected)) {
      // All profiles run the same code.
      AggregationPlan.warmUp(EncryptionMode.SECURE_AGGREGATION, Profile.USUAL, layout);
    }
  }

  /// Checks a round by the client's own policy and accepts it; the same round is accepted again.
  ///
  /// @throws RoundRefused if a check fails
  /// @throws IOException if the journal cannot be written
  public VerifiedRound accept(RoundOpen open) throws IOException {
    VerifiedRound round =
        policy.accept(open, enrolment, signer.name(), Role.CLIENT, journal, draws);
    // A client that takes unprotected rounds too knows only now.
    AggregationPlan.warmUp(
        open.plan().mode(), new Profile(open.plan().parameters()), open.upload());
    return round;
  }

  /// Checks, before training, that an update for the round would be the first one.
  ///
  /// @throws RoundRefused if one may have left before, in this round or, without the owner's
  ///   consent, in another run on this model
  public void requireFresh(VerifiedRound round) {
    RoundOpen open = round.open();
    if (journal.hasContributed(open.federation(), open.run(), open.round(), open.subject())) {
      throw new RoundRefused(
          Reason.ALREADY_CONTRIBUTED,
          "round %d: an update may have left before (expected: none; abstain until the next round)"
              .formatted(open.round()));
    }
    Optional<String> run = journal.lastRun(open.federation(), open.subject());
    if (run.isPresent() && !allowRerun && Statistics.isMeasured(open.architecture())) {
      throw new RoundRefused(
          Reason.RERUN,
          "run %s: run %s measured the same steps already; two sums over nearly the same clients tell the difference"
                  .formatted(open.run(), run.get())
              + " (expected: \"allow_rerun\": true in this participant's file)");
    }
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
  /// @param round accepted, its model checked
  /// @param update stays as it is, and open, until the contribution is closed
  /// @throws NonFiniteUpdate if a value is a NaN or an infinity; nothing is recorded then
  /// @throws RoundRefused as [#requireFresh]
  /// @throws ai.cifer.secagg.share.ShareRefused if the key of a helper is bad; nothing is recorded
  /// @throws IOException if the record cannot be written
  public Contribution contribute(VerifiedRound round, ClientUpdate update) throws IOException {
    RoundOpen open = round.open();
    if (!round.isModelChecked()) {
      throw new IllegalStateException("model: not checked (expected: requireModel first)");
    }
    if (!update.delta().layout().equals(open.upload())) {
      throw new IllegalArgumentException(
          "update: %s (expected: %s)".formatted(update.delta().layout(), open.upload()));
    }
    requireFresh(round);
    UpdateProtector.check(update);
    // First what may fail on a helper's bad key, then the record: it must not cost a round.
    Contribution contribution =
        new Contribution(round, update, signer, seed, spool, random, policy.trust());
    try {
      journal.contribute(open.federation(), open.run(), open.round(), open.subject());
      return contribution;
    } catch (IOException | RuntimeException failure) {
      contribution.close();
      throw failure;
    }
  }

  /// Remembers how a round ended, so that the next one must continue from it.
  ///
  /// @throws RoundRefused if the result is not the coordinator's for this round
  /// @throws IOException if the record cannot be written
  public void complete(VerifiedRound round, RoundResult result) throws IOException {
    RoundOpen open = round.open();
    round.requireAuthentic(result);
    journal.complete(
        open.federation(),
        open.run(),
        new RoundRegister.Completed(open.round(), result.hash(), result.modelHash()));
  }
}
