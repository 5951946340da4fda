package ai.cifer.secagg.round;

import ai.cifer.fedlearn.tensor.KeptPlaces;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.cipher.CipherRefused;
import ai.cifer.secagg.cipher.SumCipher;
import ai.cifer.secagg.cipher.SumScheme;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.identity.EnrolledKey;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.secagg.identity.NotEnrolled;
import ai.cifer.secagg.identity.Verifier;
import ai.cifer.secagg.message.BeaconCommitment;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Member;
import ai.cifer.secagg.message.NotRevealed;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.message.SignedMessage;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundRefused.Reason;
import ai.cifer.secagg.share.ShareRefused;
import ai.cifer.secagg.share.ShareSealer;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A round all of whose certificates and signatures hold.
///
/// The coordinator makes one of its own message with [#verify]; clients and helpers get theirs from
/// [RoundPolicy#accept], which checks their own demands as well.
public final class VerifiedRound {
  private final RoundOpen open;
  private final RoundContext context;
  private final List<Segment> segments;
  private final Verifier coordinator;
  private final Map<String, Verifier> verifiers;
  private final Set<String> clients;
  private final Set<String> helpers;
  private final Optional<SumCipher> cipher;
  private volatile boolean modelChecked;

  private VerifiedRound(RoundOpen open, Verifier coordinator, Map<String, Verifier> verifiers) {
    cipher =
        open.plan()
            .mode()
            .scheme()
            .map(scheme -> cipher(open.helpers().getFirst(), scheme, open.plan().parameters()));
    this.open = open;
    this.coordinator = coordinator;
    this.verifiers = verifiers;
    context = RoundContext.of(open);
    segments = open.segments();
    clients = Set.copyOf(open.clients());
    helpers =
        open.helpers().stream().map(HelperHello::helper).collect(Collectors.toUnmodifiableSet());
  }

  /// Checks the certificates of the coordinator and of the roster, that no two of them share a key,
  /// the coordinator's signature, those of the helpers' hellos, and those of what was opened to
  /// draw them.
  ///
  /// @throws RoundRefused if one does not hold
  public static VerifiedRound verify(RoundOpen open, Enrolment enrolment) {
    EnrolledKey coordinator = key(open.coordinator(), enrolment);
    requireSignature(open, coordinator);
    Map<String, Verifier> verifiers = new HashMap<>();
    Map<Bytes, String> names = new HashMap<>();
    names.put(coordinator.encoded(), open.coordinator().name());
    for (Member member : open.roster()) {
      EnrolledKey key = key(member, enrolment);
      requireOwnKey(member, names.put(key.encoded(), member.name()));
      verifiers.put(member.name(), key);
    }
    for (HelperHello hello : open.helpers()) {
      // A helper is in the roster: RoundOpen checks it.
      Verifier verifier = verifiers.get(hello.helper());
      if (verifier != null) {
        requireSignature(hello, verifier);
      }
    }
    for (BeaconCommitment commitment :
        open.draw()
            .map(draw -> draw.commitments(open.federation(), open.run(), open.round()))
            .orElse(List.of())) {
      // Those who drew are the clients: RoundOpen checks it.
      Verifier verifier = verifiers.get(commitment.member());
      if (verifier != null) {
        requireSignature(commitment, verifier);
      }
    }
    return new VerifiedRound(open, coordinator, Map.copyOf(verifiers));
  }

  /// Whoever holds the key of two seats is not two participants: k_min would count one twice, and a
  /// coordinator that is its own key holder would open every update.
  private static void requireOwnKey(Member member, @Nullable String other) {
    if (other != null) {
      throw new RoundRefused(
          Reason.SHARED_KEY,
          "key of %s %s: that of %s too (expected: a key of its own for each participant)"
              .formatted(member.role(), member.name(), other));
    }
  }

  /// Checks the keys of a hello, so that whoever sends bad ones is known by name before others
  /// depend on them.
  ///
  /// @throws RoundRefused if nothing can be sealed or encrypted with them
  public static void requireUsable(
      HelperHello hello, EncryptionMode mode, AggregationParameters parameters) {
    try {
      new ShareSealer(Bytes.zeros(Hashing.BYTES), hello.helper(), hello, new SecureRandom())
          .close();
    } catch (ShareRefused refused) {
      throw new RoundRefused(Reason.HELPER_KEY, String.valueOf(refused.getMessage()));
    }
    if (mode.scheme().isPresent()) {
      cipher(hello, mode.scheme().get(), parameters);
    } else if (hello.sumKey().length() > 0) {
      throw new RoundRefused(
          Reason.HELPER_KEY,
          "public key of %s: one (expected: none with encryption: %s)"
              .formatted(hello.helper(), mode.key()));
    }
  }

  private static SumCipher cipher(
      HelperHello hello, SumScheme scheme, AggregationParameters parameters) {
    try {
      return scheme.cipher(
          parameters, hello.sumKey().toByteArray(), keyOwner(hello.federation(), hello.helper()));
    } catch (CipherRefused refused) {
      throw new RoundRefused(
          Reason.HELPER_KEY,
          "public key of %s: %s".formatted(hello.helper(), refused.getMessage()));
    }
  }

  /// Whom a key holder's public key belongs to, so that nobody presents the key of another.
  public static String keyOwner(String federation, String helper) {
    return federation + "/" + helper;
  }

  private static EnrolledKey key(Member member, Enrolment enrolment) {
    try {
      return enrolment.key(member.name(), member.role(), member.certificate().toByteArray());
    } catch (NotEnrolled refused) {
      throw new RoundRefused(
          Reason.NOT_ENROLLED,
          "certificate of %s %s: %s".formatted(member.role(), member.name(), refused.getMessage()));
    }
  }

  private static void requireSignature(SignedMessage message, Verifier author) {
    if (!message.isSignedBy(author)) {
      throw new RoundRefused(
          Reason.SIGNATURE,
          "signature of %s: does not hold (expected: made with the key of its certificate)"
              .formatted(message.author()));
    }
  }

  public RoundOpen open() {
    return open;
  }

  public AggregationPlan plan() {
    return open.plan();
  }

  public RoundContext context() {
    return context;
  }

  /// The hash of the context.
  public Bytes ctx() {
    return context.hash();
  }

  /// What clients encrypt with, where they encrypt under a key holder's public key.
  public Optional<SumCipher> cipher() {
    return cipher;
  }

  /// The segments of what a client sends.
  public List<Segment> segments() {
    return segments;
  }

  /// Whether a message of a member of the roster carries its author's signature.
  public boolean isAuthentic(SignedMessage message) {
    Verifier author = verifiers.get(message.author());
    return author != null && message.isSignedBy(author);
  }

  /// Checks that a result is the coordinator's, for this round, and complete.
  ///
  /// @throws RoundRefused if not
  public void requireAuthentic(RoundResult result) {
    if (!isAuthentic(result)) {
      throw new RoundRefused(
          Reason.SIGNATURE,
          "result of round %d: not authentic (expected: signed by %s for this context)"
              .formatted(open.round(), open.author()));
    }
  }

  /// Whether a result is the coordinator's, for this round, and complete.
  public boolean isAuthentic(RoundResult result) {
    return result.author().equals(open.author())
        && result.isSignedBy(coordinator)
        && result.ctx().equals(ctx())
        && result.segments().size() == segments.size()
        && mayGoWithout(result.abandoned());
  }

  /// Only where the plan says so, and never without all of them.
  private boolean mayGoWithout(List<Integer> abandoned) {
    return abandoned.isEmpty()
        || (open.plan().partialRounds()
            && abandoned.size() < segments.size()
            && abandoned.getLast() < open.dispensable());
  }

  /// The places of the model that a result leaves as they were.
  public KeptPlaces kept(RoundResult result) {
    return KeptPlaces.of(
        open.layout().parameters(),
        1 + open.train().rule().vectors(),
        result.abandoned().stream().map(segments::get).toList());
  }

  /// Whether it is one of the round's clients.
  public boolean isClient(String name) {
    return clients.contains(name);
  }

  /// Whether it is one of the round's helpers.
  public boolean isHelper(String name) {
    return helpers.contains(name);
  }

  /// Checks that a further attempt at a segment may begin. Of every attempt before so many helpers
  /// stated that they revealed nothing, and never will, that fewer than t are left that may have;
  /// or it may have been opened, but only over a cohort that a quorum signed: then the new one must
  /// be over the same clients, so that it tells nothing more.
  ///
  /// @param latest the latest attempt that is known
  /// @return the only clients of whom the new cohort may be; empty if the attempts before bind it
  ///   to none
  /// @throws RoundRefused if not
  public Optional<List<String>> requireRetry(Retry retry, int latest, HelperTrust trust) {
    if (!retry.ctx().equals(ctx())
        || retry.segment() >= segments.size()
        || retry.attempt() <= latest
        || helpers.isEmpty()) {
      throw new RoundRefused(
          Reason.RETRY,
          "segment %d attempt %d: out of turn (expected: after attempt %d, in this round)"
              .formatted(retry.segment(), retry.attempt(), latest));
    }
    int needed = trust.statements(open.threshold(), helpers.size());
    Optional<List<String>> only = Optional.empty();
    for (int attempt = 0; attempt < retry.attempt(); attempt++) {
      long found = statements(retry, attempt);
      if (found >= needed) {
        continue;
      }
      Optional<List<String>> cohort = certified(retry, attempt);
      if (cohort.isEmpty()) {
        throw new RoundRefused(
            Reason.RETRY,
            "segment %d attempt %d: %d statements that nothing of attempt %d was revealed (expected: >= %d, or the certificate of its cohort)"
                .formatted(retry.segment(), retry.attempt(), found, attempt, needed));
      }
      if (only.isPresent() && !only.equals(cohort)) {
        throw new RoundRefused(
            Reason.RETRY,
            "segment %d attempt %d: after different certified cohorts (expected: one, or statements)"
                .formatted(retry.segment(), retry.attempt()));
      }
      only = cohort;
    }
    return only;
  }

  /// The clients of the cohort that a quorum signed in an attempt.
  private Optional<List<String>> certified(Retry retry, int attempt) {
    return retry.certified().stream()
        .filter(each ->
            each.cohort().attempt() == attempt
                && each.cohort().segment() == retry.segment()
                && each.cohort().ctx().equals(ctx()))
        .filter(each -> isCertificate(each.certificate(), each.cohort()))
        .map(each -> each.cohort().clients())
        .findFirst();
  }

  private boolean isCertificate(List<CohortSignature> certificate, Cohort cohort) {
    Bytes hash = cohort.hash();
    return open.threshold()
        <= certificate.stream()
            .filter(signature -> isOf(signature, cohort.segment(), cohort.attempt(), hash))
            .count();
  }

  /// Whether it is a helper's authentic signature on the cohort of this hash.
  private boolean isOf(CohortSignature signature, int segment, int attempt, Bytes cohort) {
    return signature.ctx().equals(ctx())
        && signature.segment() == segment
        && signature.attempt() == attempt
        && signature.cohort().equals(cohort)
        && isHelper(signature.helper())
        && isAuthentic(signature);
  }

  /// How many helpers signed the cohort whose sum is asked for.
  public long signatures(RevealRequest request) {
    return request.certificate().stream()
        .filter(each -> isOf(each, request.segment(), request.attempt(), request.cohort()))
        .count();
  }

  private long statements(Retry retry, int attempt) {
    return retry.statements().stream()
        .filter(each ->
            each.attempt() == attempt
                && each.segment() == retry.segment()
                && each.ctx().equals(ctx())
                && isHelper(each.helper())
                && isAuthentic(each))
        .map(NotRevealed::helper)
        .distinct()
        .count();
  }

  /// Checks that the model that was downloaded, and the guides beside it, are those that the
  /// context binds.
  ///
  /// Cost: one SHA-256 over each.
  ///
  /// @throws RoundRefused if its hash is another
  public void requireModel(Tensors model, Tensors... guides) {
    Bytes found = StartingPoint.digest(model, List.of(guides));
    if (!found.equals(open.modelHash())) {
      throw new RoundRefused(
          Reason.MODEL, "model: hash %s (expected: %s)".formatted(found, open.modelHash()));
    }
    modelChecked = true;
  }

  /// Whether [#requireModel] held; a client contributes only then.
  public boolean isModelChecked() {
    return modelChecked;
  }
}
