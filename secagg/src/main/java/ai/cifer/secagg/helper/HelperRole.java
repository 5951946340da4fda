package ai.cifer.secagg.helper;

import ai.cifer.secagg.cipher.SumSecretKey;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.helper.RequestRefused.Reason;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.journal.HelperJournal;
import ai.cifer.secagg.journal.HelperJournal.Certified;
import ai.cifer.secagg.journal.RoundRegister;
import ai.cifer.secagg.journal.SegmentKey;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.EncryptedSum;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.NotRevealed;
import ai.cifer.secagg.message.OpenedSum;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.round.RoundPolicy;
import ai.cifer.secagg.round.RoundRefused;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.secagg.share.HelperKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// A holder of shares: it signs one cohort per segment and attempt and reveals one sum.
///
/// Guarantees, if its journal is not rolled back: whatever the coordinator asks, in whatever order
/// and however often the process is restarted, at most one sum leaves for a (federation, run,
/// round, segment, attempt); it is over at least k_min clients, this helper's own k_min included;
/// and it leaves only if t helpers signed the same cohort. A request repeated gets the same bytes.
///
/// Does not guarantee: that the clients in the cohort are different people (enrolment does), or
/// that a key holder and a coordinator that collude learn nothing.
///
/// Where an attempt at a segment fails, it states that it revealed nothing of it and never will,
/// or, if it did reveal, refuses that; the statement of an attempt and its reveal exclude each
/// other.
///
/// The life of a round: [#hello], [#accept], then per segment [#hold], [#certify], [#reveal], or
/// [#renounce] and [#retry], at last [#complete], or [#forget] if it is void. Not safe for several
/// threads.
public final class HelperRole implements AutoCloseable {
  /// Rounds for which a key may wait at once, and segments whose shares may: bounds on memory that
  /// the coordinator cannot exceed.
  private static final int MAX_OPEN = 64;

  private final Signer signer;
  private final Role role;
  private final RoundPolicy policy;
  private final Enrolment enrolment;
  private final HelperJournal journal;
  private final SecureRandom random;
  private final Map<RoundKey, HelperKey> keys = new HashMap<>();
  private final Map<Bytes, VerifiedRound> rounds = new HashMap<>();
  private final Map<SegmentKey, HeldShares> held = new HashMap<>();
  private final Map<SegmentKey, SumOpening> openings = new HashMap<>();
  private final SumKeys sumKeys;
  private final BeaconMember beacon;
  private final Attempts attempts;

  private record RoundKey(String federation, String run, int round) {
    static RoundKey of(RoundOpen open) {
      return new RoundKey(open.federation(), open.run(), open.round());
    }

    static RoundKey of(SegmentKey name) {
      return new RoundKey(name.federation(), name.run(), name.round());
    }

    boolean isBefore(RoundKey other) {
      return federation.equals(other.federation) && run.equals(other.run) && round < other.round;
    }
  }

  /// @param role [Role#KEY_HOLDER], or [Role#CLIENT] where clients help one another
  /// @param policy the helper's own; its federation and k_min are binding
  public HelperRole(
      Signer signer,
      Role role,
      RoundPolicy policy,
      Enrolment enrolment,
      HelperJournal journal,
      SecureRandom random) {
    this.signer = signer;
    this.role = role;
    this.policy = policy;
    this.enrolment = enrolment;
    this.journal = journal;
    this.random = random;
    beacon = new BeaconMember(signer, policy.federation(), journal, random);
    attempts = new Attempts(journal, policy.trust());
    sumKeys =
        new SumKeys(
            policy.modes().stream().flatMap(mode -> mode.scheme().stream()).findFirst(),
            VerifiedRound.keyOwner(policy.federation(), signer.name()),
            random);
  }

  /// This participant's part in drawing helpers.
  public BeaconMember beacon() {
    return beacon;
  }

  /// Forgets the key of a round in which this participant is no helper: it was not drawn.
  public void release(String run, int round) {
    HelperKey key = keys.remove(new RoundKey(policy.federation(), run, round));
    if (key != null) {
      key.close();
    }
  }

  /// The key for a round, fresh at the first call, the same at the next.
  ///
  /// @throws RequestRefused if the round is older than one accepted, or too many wait
  public HelperHello hello(String run, int round) {
    String federation = policy.federation();
    RoundKey name = new RoundKey(federation, run, round);
    HelperKey known = keys.get(name);
    if (known != null) {
      return known.hello();
    }
    if (journal.latest(federation, run).filter(latest -> latest.round() >= round).isPresent()) {
      throw new RequestRefused(
          Reason.UNKNOWN_ROUND,
          "hello for round %d: accepted or older (expected: a newer round)".formatted(round));
    }
    if (keys.size() == MAX_OPEN) {
      throw new RequestRefused(
          Reason.UNKNOWN_ROUND, "hello: %d rounds wait (expected: fewer)".formatted(MAX_OPEN));
    }
    Bytes sumKey = role == Role.KEY_HOLDER ? Bytes.of(sumKeys.announce(run, round)) : Bytes.EMPTY;
    HelperKey key = HelperKey.generate(federation, run, round, sumKey, signer, random);
    keys.put(name, key);
    return key.hello();
  }

  /// The newest round of which this process holds the key; 0 if none.
  public int keyedRound() {
    return keys.keySet().stream().mapToInt(RoundKey::round).max().orElse(0);
  }

  /// Checks a round by the helper's own policy and accepts it; the same round is accepted again,
  /// also after a restart, so that a sum that is on disk can still be revealed.
  ///
  /// @throws ai.cifer.secagg.round.RoundRefused if a check fails
  /// @throws IOException if the journal cannot be written
  public VerifiedRound accept(RoundOpen open) throws IOException {
    VerifiedRound round = policy.accept(open, enrolment, signer.name(), role, journal, journal);
    if (!round.isHelper(signer.name())) {
      throw new RequestRefused(
          Reason.UNKNOWN_ROUND,
          "round %d: without %s among its helpers (expected: with it)"
              .formatted(open.round(), signer.name()));
    }
    RoundKey accepted = RoundKey.of(open);
    forget(name -> name.isBefore(accepted));
    rounds.putIfAbsent(round.ctx(), round);
    return round;
  }

  /// Erases all that belongs to some rounds.
  private void forget(Predicate<RoundKey> which) {
    keys.entrySet()
        .removeIf(entry -> {
          boolean gone = which.test(entry.getKey());
          if (gone) {
            entry.getValue().close();
            sumKeys.forget(entry.getKey().run, entry.getKey().round);
          }
          return gone;
        });
    erase(name -> which.test(RoundKey.of(name)));
    attempts.forget(name -> which.test(RoundKey.of(name)));
    rounds.values().removeIf(round -> which.test(RoundKey.of(round.open())));
  }

  /// Erases the shares of some segments and attempts.
  private void erase(Predicate<SegmentKey> which) {
    held.entrySet()
        .removeIf(entry -> {
          boolean gone = which.test(entry.getKey());
          if (gone) {
            entry.getValue().erase();
          }
          return gone;
        });
    openings
        .entrySet()
        .removeIf(entry -> {
          boolean gone = which.test(entry.getKey());
          if (gone) {
            entry.getValue().erase();
          }
          return gone;
        });
  }

  /// Opens and keeps shares; after the last part tells whose are good.
  ///
  /// @return the status when all parts came, the same again if they come again
  /// @throws RequestRefused if the round or segment is unknown, the key is lost, or parts
  ///   contradict
  public Optional<ShareStatus> hold(Shares part) {
    VerifiedRound round = round(part.ctx());
    SegmentKey name = key(round, part.segment(), part.attempt());
    HeldShares shares = held.get(name);
    if (shares == null) {
      requireNotCertified(name);
      attempts.requireRunning(name, first(name));
      if (held.size() == MAX_OPEN) {
        throw new RequestRefused(
            Reason.UNKNOWN_SEGMENT,
            "shares: of %d segments wait (expected: fewer; certify some first)"
                .formatted(MAX_OPEN));
      }
      shares = new HeldShares(round, decapsulationKey(round), signer.name());
      held.put(name, shares);
    }
    return shares.accept(part, signer);
  }

  private void requireNotCertified(SegmentKey name) {
    if (journal.certified(name).isPresent()) {
      throw new RequestRefused(
          Reason.SHARES_CLOSED,
          "shares of segment %d: a cohort is signed (expected: none)".formatted(name.segment()));
    }
  }

  private HelperKey decapsulationKey(VerifiedRound round) {
    RoundOpen open = round.open();
    HelperKey key = keys.get(new RoundKey(open.federation(), open.run(), open.round()));
    if (key == null || !open.helpers().contains(key.hello())) {
      throw new RequestRefused(
          Reason.KEY_LOST,
          "key of round %d: lost in a restart (expected: a new round with a new hello)"
              .formatted(open.round()));
    }
    return key;
  }

  /// Signs the cohort, if it is the first one for its segment and attempt; the fact and the sum of
  /// its shares are on disk before, and the shares are erased after.
  ///
  /// @throws RequestRefused if the cohort is not acceptable or another one was signed
  /// @throws IOException if the journal cannot be written; nothing is signed then
  public CohortSignature certify(Cohort cohort) throws IOException {
    VerifiedRound round = round(cohort.ctx());
    SegmentKey name = key(round, cohort.segment(), cohort.attempt());
    Bytes hash = cohort.hash();
    Optional<Certified> before = journal.certified(name);
    if (before.isPresent()) {
      if (!before.get().ctx().equals(round.ctx()) || !before.get().cohort().equals(hash)) {
        throw new RequestRefused(
            Reason.SECOND_COHORT,
            "segment %d attempt %d: another cohort was signed (expected: one cohort for ever)"
                .formatted(name.segment(), name.attempt()));
      }
      return sign(name, before.get());
    }
    attempts.requireRunning(name, first(name));
    attempts.requireCohort(cohort, first(name));
    int least = Math.max(round.open().minClients(), policy.minClients());
    int most = round.plan().parameters().maxClients();
    if (cohort.size() < least || cohort.size() > most) {
      throw new RequestRefused(
          Reason.COHORT_SIZE,
          "cohort: %d clients (expected: %d to %d)".formatted(cohort.size(), least, most));
    }
    HeldShares shares = held.get(name);
    if (shares == null) {
      throw new RequestRefused(
          Reason.SHARES_OPEN,
          "cohort of segment %d: no shares came (expected: after the share status)"
              .formatted(name.segment()));
    }
    Certified value;
    if (round.cipher().isPresent()) {
      // The seeds stay in memory: on the disk they would be the clients' secrets.
      List<byte[]> seeds = shares.seeds(cohort);
      value = new Certified(round.ctx(), hash, Coefficients.of(new int[0]));
      try {
        journal.certify(name, value);
      } catch (IOException failure) {
        seeds.forEach(seed -> Arrays.fill(seed, (byte) 0));
        throw failure;
      }
      long size = round.segments().get(name.segment()).size();
      openings.put(name, new SumOpening(round.plan(), size, seeds));
    } else {
      value = new Certified(round.ctx(), hash, shares.sum(cohort));
      journal.certify(name, value);
    }
    CohortSignature signature = sign(name, value);
    shares.erase();
    held.remove(name);
    return signature;
  }

  private CohortSignature sign(SegmentKey name, Certified value) {
    return new CohortSignature(
            value.ctx(), signer.name(), name.segment(), name.attempt(), value.cohort(), Bytes.EMPTY)
        .signed(signer);
  }

  /// Reveals the sum of the shares of the cohort that this helper signed.
  ///
  /// @throws RequestRefused if it signed none or another, or fewer than t helpers signed the same
  /// @throws IOException if the journal cannot be written; nothing is revealed then
  public Reveal reveal(RevealRequest request) throws IOException {
    VerifiedRound round = round(request.ctx());
    SegmentKey name = key(round, request.segment(), request.attempt());
    Certified value = signed(round, name, request.cohort());
    long valid = round.signatures(request);
    if (valid < round.open().threshold()) {
      throw new RequestRefused(
          Reason.NO_QUORUM,
          "certificate: %d valid signatures (expected: >= %d)"
              .formatted(valid, round.open().threshold()));
    }
    attempts.requireNotRenounced(name);
    journal.reveal(name);
    return new Reveal(
            value.ctx(),
            signer.name(),
            name.segment(),
            name.attempt(),
            value.cohort(),
            value.sum(),
            Bytes.EMPTY)
        .signed(signer);
  }

  /// Opens blocks of the sum over the cohort that this key holder signed, and of nothing else: what
  /// is not the sum over that cohort stays under the pads of its clients. The fact is on disk
  /// before.
  ///
  /// @throws RequestRefused if no such cohort was signed, this is another sum than before, not the
  ///   sum over the cohort, or this process was restarted meanwhile
  /// @throws IOException if the journal cannot be written; nothing is opened then
  public OpenedSum open(EncryptedSum request) throws IOException {
    VerifiedRound round = round(request.ctx());
    SegmentKey name = key(round, request.segment(), request.attempt());
    Certified value = signed(round, name, request.cohort());
    attempts.requireNotRenounced(name);
    SumOpening opening = openings.get(name);
    Optional<SumSecretKey> key = sumKeys.key(name.run(), name.round());
    if (opening == null || key.isEmpty()) {
      throw new RequestRefused(
          Reason.KEY_LOST,
          "sum of segment %d: the key of round %d was lost in a restart (expected: a new round)"
              .formatted(name.segment(), name.round()));
    }
    opening.require(request);
    journal.reveal(name);
    return new OpenedSum(
            value.ctx(),
            signer.name(),
            name.segment(),
            name.attempt(),
            value.cohort(),
            request.firstBlock(),
            opening.open(request, key.get()),
            Bytes.EMPTY)
        .signed(signer);
  }

  /// States that nothing of an attempt was revealed, and sees to it that nothing of it or of one
  /// before ever will be; the fact is on disk before. Works also after a restart.
  ///
  /// @throws RequestRefused if its sum was revealed, or may have been
  /// @throws IOException if the journal cannot be written; nothing is stated then
  public NotRevealed renounce(Bytes ctx, int segment, int attempt) throws IOException {
    VerifiedRound round = round(ctx);
    SegmentKey name = key(round, segment, attempt);
    attempts.renounce(name);
    erase(each -> each.isOfSameSegment(name) && each.attempt() <= attempt);
    return new NotRevealed(round.ctx(), signer.name(), segment, attempt, Bytes.EMPTY)
        .signed(signer);
  }

  /// Begins a further attempt at a segment; what was held for those before is erased.
  ///
  /// @throws RoundRefused if too few helpers stated that nothing of those before was revealed, and
  ///   there is no certified cohort that it would be held to instead
  /// @throws RequestRefused if the round or segment is unknown
  public void retry(Retry retry) {
    VerifiedRound round = round(retry.ctx());
    SegmentKey name = key(round, retry.segment(), retry.attempt());
    if (attempts.begin(round, retry, first(name))) {
      erase(each -> each.isOfSameSegment(name) && each.attempt() < retry.attempt());
    }
  }

  private static SegmentKey first(SegmentKey name) {
    return new SegmentKey(name.federation(), name.run(), name.round(), name.segment(), 0);
  }

  private Certified signed(VerifiedRound round, SegmentKey name, Bytes cohort) {
    return journal
        .certified(name)
        .filter(one -> one.ctx().equals(round.ctx()))
        .filter(one -> one.cohort().equals(cohort))
        .orElseThrow(() ->
            new RequestRefused(
                Reason.NOT_SIGNED,
                "reveal of segment %d attempt %d: this cohort was not signed here"
                    .formatted(name.segment(), name.attempt())));
  }

  private VerifiedRound round(Bytes ctx) {
    VerifiedRound round = rounds.get(ctx);
    if (round == null) {
      throw new RequestRefused(
          Reason.UNKNOWN_ROUND,
          "context %s: not accepted, or over (expected: that of the open round)".formatted(ctx));
    }
    return round;
  }

  private static SegmentKey key(VerifiedRound round, int segment, int attempt) {
    if (segment >= round.segments().size()) {
      throw new RequestRefused(
          Reason.UNKNOWN_SEGMENT,
          "segment: %d (expected: 0 to %d)".formatted(segment, round.segments().size() - 1));
    }
    if (attempt >= Retry.MAX_ATTEMPTS) {
      throw new RequestRefused(
          Reason.OTHER_ATTEMPT,
          "attempt: %d (expected: < %d)".formatted(attempt, Retry.MAX_ATTEMPTS));
    }
    RoundOpen open = round.open();
    return new SegmentKey(open.federation(), open.run(), open.round(), segment, attempt);
  }

  /// Remembers how a round ended, so that the next one must continue from it, and ends it; a result
  /// of a round that is not open changes nothing.
  ///
  /// @throws RoundRefused if the result is not the coordinator's for this round; it stays open
  /// @throws IOException if the journal cannot be written; the round stays open
  public void complete(RoundResult result) throws IOException {
    VerifiedRound round = rounds.get(result.ctx());
    if (round == null) {
      return;
    }
    RoundOpen open = round.open();
    round.requireAuthentic(result);
    journal.complete(
        open.federation(),
        open.run(),
        new RoundRegister.Completed(open.round(), result.hash(), result.modelHash()));
    forget(result.ctx());
  }

  /// Ends a round: its key and its shares are gone for good.
  public void forget(Bytes ctx) {
    VerifiedRound round = rounds.get(ctx);
    if (round != null) {
      forget(RoundKey.of(round.open())::equals);
    }
  }

  /// Forgets all keys and shares; the journal remains its owner's.
  @Override
  public void close() {
    forget((RoundKey any) -> true);
    erase(any -> true);
    sumKeys.close();
  }
}
