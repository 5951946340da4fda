package ai.cifer.secagg.round;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.journal.DrawRegister;
import ai.cifer.secagg.journal.RoundRegister;
import ai.cifer.secagg.message.Draw;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.plan.ClipTable;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundRefused.Reason;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/// What a client or helper demands of a round, from its own configuration; the coordinator cannot
/// change it.
///
/// @param federation the only federation
/// @param minClients its own k_min: 3 or more, 2 only by the owner's explicit choice, since each of
///   two can compute the other's update
/// @param modes the modes that it accepts
/// @param parameters the profiles that it accepts
/// @param trust what the threshold must withstand
/// @param minThreshold its own least t: so many helpers must be needed to open a sum
/// @param maxClips the largest clip of each tensor that the table names: a coarser one would round
///   an update away
/// @param statistics whether it takes part in rounds that measure constants of preprocessing
/// @param minNoise the least noise multiplier of differential privacy; 0 where none is demanded
public record RoundPolicy(
    String federation,
    int minClients,
    Set<EncryptionMode> modes,
    Set<String> parameters,
    HelperTrust trust,
    int minThreshold,
    Optional<ClipTable> maxClips,
    boolean statistics,
    double minNoise) {

  /// The floor without explicit consent.
  public static final int DEFAULT_MIN_CLIENTS = 3;

  public RoundPolicy {
    Names.check(federation);
    if (minClients < 2) {
      throw new IllegalArgumentException(
          "k_min: " + minClients + " (expected: >= 2; a sum over one client is its update)");
    }
    if (minThreshold < 1) {
      throw new IllegalArgumentException("t_min: " + minThreshold + " (expected: >= 1)");
    }
    modes = Set.copyOf(modes);
    parameters = Set.copyOf(parameters);
  }

  /// At least three clients, one given mode, every profile of the table, any clip.
  public static RoundPolicy of(String federation, EncryptionMode mode) {
    return new RoundPolicy(
        federation,
        DEFAULT_MIN_CLIENTS,
        Set.of(mode),
        allParameters(),
        HelperTrust.MALICIOUS_THIRD,
        1,
        Optional.empty(),
        true,
        0);
  }

  /// The names of all profiles; each is at least as hard as the guidelines' 128 bits.
  public static Set<String> allParameters() {
    return AggregationParameters.all().stream()
        .map(AggregationParameters::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// The same with another k_min.
  public RoundPolicy withMinClients(int clients) {
    return new RoundPolicy(
        federation,
        clients,
        modes,
        parameters,
        trust,
        minThreshold,
        maxClips,
        statistics,
        minNoise);
  }

  /// Checks a round and records on disk that it is accepted; the same round is accepted again.
  ///
  /// @param self the name of the participant
  /// @param role what it takes part as
  /// @param draws the draws in which it took part
  /// @throws RoundRefused if a check fails
  /// @throws IOException if the record cannot be written
  public VerifiedRound accept(
      RoundOpen open,
      Enrolment enrolment,
      String self,
      Role role,
      RoundRegister register,
      DrawRegister draws)
      throws IOException {
    if (!open.federation().equals(federation)) {
      throw new RoundRefused(
          Reason.FEDERATION,
          "federation: %s (expected: %s)".formatted(open.federation(), federation));
    }
    requireProtection(open);
    VerifiedRound round = VerifiedRound.verify(open, enrolment);
    if (open.roster().stream()
        .noneMatch(member -> member.name().equals(self) && member.role() == role)) {
      throw new RoundRefused(
          Reason.NOT_IN_ROSTER,
          "roster: without %s as %s (expected: with it)".formatted(self, role));
    }
    requireHelpers(open, draws);
    requireSuccession(round, register);
    register.accept(
        open.federation(), open.run(), new RoundRegister.Accepted(open.round(), round.ctx()));
    return round;
  }

  private void requireProtection(RoundOpen open) {
    EncryptionMode mode = open.plan().mode();
    if (!modes.contains(mode)) {
      throw new RoundRefused(
          Reason.MODE,
          "encryption: %s (expected: one of %s)"
              .formatted(mode.key(), modes.stream().map(EncryptionMode::key).sorted().toList()));
    }
    if (!parameters.contains(open.plan().parameters().name())) {
      throw new RoundRefused(
          Reason.PARAMETERS,
          "profile: %s (expected: one of %s)"
              .formatted(open.plan().parameters().name(), parameters.stream().sorted().toList()));
    }
    if (!statistics && Statistics.isMeasured(open.architecture())) {
      throw new RoundRefused(
          Reason.STATISTICS,
          "statistics: round %d measures columns (expected: none, as this participant demands; with all constants in preprocessing none is needed)"
              .formatted(open.round()));
    }
    requireClips(open);
    requireNoise(open);
    if (!mode.isProtected()) {
      return;
    }
    if (open.minClients() < minClients) {
      throw new RoundRefused(Reason.COHORT_TOO_SMALL, tooSmall(open.minClients()));
    }
    if (!trust.admits(open.threshold(), open.helpers().size())) {
      throw new RoundRefused(
          Reason.THRESHOLD,
          "threshold: %d of %d helpers (expected: >= %d)"
              .formatted(
                  open.threshold(), open.helpers().size(), trust.threshold(open.helpers().size())));
    }
    if (open.threshold() < minThreshold) {
      throw new RoundRefused(
          Reason.THRESHOLD,
          "threshold: %d of %d helpers (expected: >= %d, this participant's t_min)"
              .formatted(open.threshold(), open.helpers().size(), minThreshold));
    }
  }

  /// What is measured before training is no update that a clip could round away.
  private void requireClips(RoundOpen open) {
    boolean trains = !Statistics.isMeasured(open.architecture());
    if (maxClips.isEmpty() || !open.plan().quantise() || !trains) {
      return;
    }
    List<TensorSpec> tensors = open.layout().tensors();
    // A vector beside the change is made of it, so what is said of the change holds for it too.
    int clips = (1 + open.train().rule().vectors()) * tensors.size();
    for (int i = 0; i < clips; i++) {
      TensorSpec tensor = tensors.get(i % tensors.size());
      OptionalDouble most = maxClips.get().of(tensor.name());
      float clip = open.plan().clips().get(i);
      if (most.isPresent() && clip > most.getAsDouble()) {
        throw new RoundRefused(
            Reason.CLIP,
            "clip of %s: %s (expected: <= %s, this participant's max_clip)"
                .formatted(tensor.name(), clip, (float) most.getAsDouble()));
      }
    }
  }

  /// What is measured before training has no noise, whatever is said of training.
  private void requireNoise(RoundOpen open) {
    double noise =
        Statistics.isMeasured(open.architecture())
            ? 0
            : open.train().privacy().map(UpdatePrivacy::noiseMultiplier).orElse(0.0);
    if (noise < minNoise) {
      throw new RoundRefused(
          Reason.PRIVACY,
          "noise_multiplier: %s (expected: >= %s, this participant's min_noise_multiplier)"
              .formatted(noise, minNoise));
    }
  }

  /// Says what a sum of `offered` clients would tell, and what the owner of this policy can do.
  private String tooSmall(int offered) {
    String consequence =
        switch (offered) {
          case 1 -> "the sum of one client is its update";
          case 2 -> "each of two can compute the other's update from their sum";
          default -> "the fewer clients a sum has, the more it tells of each";
        };
    String more =
        minClients == DEFAULT_MIN_CLIENTS
            ? "let a third participant join"
            : "let %d clients take part".formatted(minClients);
    String less =
        offered < 2
            ? ""
            : ", or write \"k_min\": %d in this participant's file if its owner accepts that (with encryption: key-holder it is the same)"
                .formatted(offered);
    return "k_min: %d (expected: >= %d, as this participant demands): %s; %s%s"
        .formatted(offered, minClients, consequence, more, less);
  }

  /// Nobody may choose who opens sums, an accomplice would open every update: all clients do, or
  /// those that a beacon draws in whose making this participant took part.
  private static void requireHelpers(RoundOpen open, DrawRegister draws) {
    if (open.plan().mode() != EncryptionMode.SECURE_AGGREGATION) {
      return;
    }
    List<String> helpers = open.helpers().stream().map(HelperHello::helper).toList();
    List<String> clients = open.clients();
    if (clients.size() <= Draw.HELPERS) {
      if (!helpers.equals(clients) || open.draw().isPresent()) {
        throw new RoundRefused(
            Reason.HELPERS,
            "helpers: %d of %d clients (expected: all, as there are at most %d)"
                .formatted(helpers.size(), clients.size(), Draw.HELPERS));
      }
      return;
    }
    Draw draw =
        open.draw()
            .orElseThrow(() ->
                new RoundRefused(
                    Reason.HELPERS,
                    "helpers: %d of %d clients, without a draw (expected: %d that a beacon draws)"
                        .formatted(helpers.size(), clients.size(), Draw.HELPERS)));
    Bytes list = draw.list(open.federation(), open.run(), open.round()).hash();
    if (draws
        .drawn(open.federation(), open.run())
        .filter(own -> own.round() == open.round() && own.list().equals(list))
        .isEmpty()) {
      throw new RoundRefused(
          Reason.HELPERS,
          "draw %d of round %d: over commitments for which this participant did not open its own (expected: those)"
              .formatted(draw.number(), open.round()));
    }
    if (!helpers.equals(draw.sample(open.federation(), open.run(), open.round()))) {
      throw new RoundRefused(
          Reason.HELPERS,
          "helpers: %d that the beacon of round %d did not draw (expected: its sample)"
              .formatted(helpers.size(), open.round()));
    }
  }

  private static void requireSuccession(VerifiedRound round, RoundRegister register) {
    RoundOpen open = round.open();
    Optional<RoundRegister.Accepted> latest = register.latest(open.federation(), open.run());
    if (latest.isPresent()) {
      int known = latest.get().round();
      if (open.round() < known) {
        throw new RoundRefused(
            Reason.STALE, "round: %d (expected: >= %d)".formatted(open.round(), known));
      }
      if (open.round() == known && !latest.get().ctx().equals(round.ctx())) {
        throw new RoundRefused(
            Reason.OTHER_CONTEXT,
            "round %d: opened with other contents before (expected: a new round number)"
                .formatted(known));
      }
    }
    register
        .completed(open.federation(), open.run())
        .ifPresent(completed -> requireContinuation(open, completed));
  }

  /// A participant that missed results cannot tell whether the one referred to is the latest; what
  /// it can tell must fit.
  private static void requireContinuation(RoundOpen open, RoundRegister.Completed known) {
    boolean refersToKnown = open.previousResult().equals(known.hash());
    boolean fits =
        refersToKnown
            ? open.modelHash().equals(known.modelHash())
            : open.round() > known.round() + 1;
    // A round that is repeated after its own result was seen is the same context: nothing to check.
    if (open.round() > known.round() && !fits) {
      throw new RoundRefused(
          Reason.PREVIOUS_RESULT,
          "round %d: does not continue from the result of round %d (expected: its hash and model)"
              .formatted(open.round(), known.round()));
    }
  }
}
