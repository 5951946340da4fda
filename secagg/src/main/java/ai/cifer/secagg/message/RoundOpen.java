package ai.cifer.secagg.message;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.plan.AggregationPlan;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Coordinator to clients and helpers: everything that the context of a round is made of, and what
/// to train. The model itself follows as a stream; its hash is here.
///
/// The constructor checks that the fields fit together. Who may be trusted is for
/// [RoundPolicy][ai.cifer.secagg.round.RoundPolicy].
///
/// @param federation the federation
/// @param run the run
/// @param round strictly increasing inside a run, also over rounds that were aborted
/// @param plan encoding and protection
/// @param layout the tensors of the model
/// @param modelHash [StartingPoint#digest][ai.cifer.secagg.round.StartingPoint#digest] of the model
///   and of the guides beside it
/// @param architecture the network, as the trainer knows it
/// @param train how to prepare data and to train; each client mixes its own seed into it
/// @param previousResult the hash of the last [RoundResult] of the run, zeros if there is none
/// @param threshold t: helpers needed to open, and signatures needed for a certificate; 0 in mode
///   `none`
/// @param minClients k_min, the smallest cohort
/// @param coordinator its name and certificate
/// @param roster all clients, and the key holder if there is one, by ascending names
/// @param helpers the hellos of all helpers by ascending names; the index of a helper is its
///   position counted from 1
/// @param draw how they were drawn from the clients, where not all clients help
/// @param signature the coordinator's
public record RoundOpen(
    String federation,
    String run,
    int round,
    AggregationPlan plan,
    ModelLayout layout,
    Bytes modelHash,
    String architecture,
    TrainConfig train,
    Bytes previousResult,
    int threshold,
    int minClients,
    Member coordinator,
    List<Member> roster,
    List<HelperHello> helpers,
    Optional<Draw> draw,
    Bytes signature)
    implements SignedMessage {

  public static final String LABEL = "cifer.round-open";

  /// Longest architecture in bytes: a description of 5,000 layers has about as many.
  public static final int MAX_ARCHITECTURE_BYTES = 1 << 20;

  private static final int MAX_PLAN_BYTES = 1 << 23;
  private static final int MAX_HELLO_BYTES = HelperHello.MAX_SUM_KEY_BYTES + (1 << 12);

  private static final String STATISTICS_LABEL = "cifer.statistics";

  /// The previous result of a first round.
  public static final Bytes NO_RESULT = Bytes.zeros(Hashing.BYTES);

  /// A round whose helpers were not drawn.
  public RoundOpen(
      String federation,
      String run,
      int round,
      AggregationPlan plan,
      ModelLayout layout,
      Bytes modelHash,
      String architecture,
      TrainConfig train,
      Bytes previousResult,
      int threshold,
      int minClients,
      Member coordinator,
      List<Member> roster,
      List<HelperHello> helpers,
      Bytes signature) {
    this(
        federation,
        run,
        round,
        plan,
        layout,
        modelHash,
        architecture,
        train,
        previousResult,
        threshold,
        minClients,
        coordinator,
        roster,
        helpers,
        Optional.empty(),
        signature);
  }

  public RoundOpen {
    Names.check(federation);
    Names.check(run);
    Limits.atMost("round", round, Integer.MAX_VALUE);
    Limits.hash(modelHash);
    Limits.hash(previousResult);
    Limits.atMost("architecture characters", architecture.length(), MAX_ARCHITECTURE_BYTES);
    Limits.atMost("signature bytes", signature.length(), MAX_SIGNATURE_BYTES);
    Limits.atMost("roster", roster.size(), Limits.MAX_PARTICIPANTS);
    Limits.atMost("helpers", helpers.size(), Limits.MAX_HELPERS);
    roster = Limits.sorted(roster, Member::name);
    helpers = Limits.sorted(helpers, HelperHello::helper);
    train.requireFits();
    ModelLayout upload = train.upload(layout);
    if (plan.clips().size() != upload.tensors().size()) {
      throw new IllegalArgumentException(
          "clips: %d (expected: one for each of %d tensors)"
              .formatted(plan.clips().size(), upload.tensors().size()));
    }
    long segments = Math.ceilDiv(upload.parameters(), plan.segmentParameters());
    Limits.atMost("segments", segments, Limits.MAX_SEGMENTS);
    checkMembers(federation, run, round, coordinator, roster, helpers);
    checkThresholds(plan, threshold, minClients, roster, helpers);
    if (train.privacy().isPresent()) {
      checkPrivacy(train.privacy().get(), plan, minClients);
    }
    if (draw.isPresent() && !draw.get().members().equals(clients(roster))) {
      throw new IllegalArgumentException(
          "openings of the draw: %d (expected: of all clients of the round and nobody else)"
              .formatted(draw.get().openings().size()));
    }
    plan.mode().scheme().ifPresent(scheme -> scheme.requireModel(upload.parameters()));
    boolean keyed = plan.mode().scheme().isPresent();
    if (helpers.stream().anyMatch(hello -> hello.sumKey().length() > 0 != keyed)) {
      throw new IllegalArgumentException(
          "public key of a helper: %s (expected: one in ckks and paillier, else none)"
              .formatted(keyed ? "none" : "one"));
    }
  }

  /// With weights of their own, or clips that cut noise off, no accountant's figure would hold, nor
  /// if a sum may have fewer clients than have to add noise.
  private static void checkPrivacy(UpdatePrivacy privacy, AggregationPlan plan, int minClients) {
    float clip = privacy.clip(plan.parameters().valueBits());
    if (plan.weightCap() != 1 || plan.clips().stream().anyMatch(each -> each != clip)) {
      throw new IllegalArgumentException(
          "privacy with weight_cap %d and clips %s (expected: 1, and %s for all tensors)"
              .formatted(plan.weightCap(), Set.copyOf(plan.clips()), clip));
    }
    if (privacy.honest() > minClients) {
      throw new IllegalArgumentException(
          "honest: %d (expected: <= %d, the smallest cohort)"
              .formatted(privacy.honest(), minClients));
    }
  }

  private static void checkMembers(
      String federation,
      String run,
      int round,
      Member coordinator,
      List<Member> roster,
      List<HelperHello> helpers) {
    if (coordinator.role() != Role.COORDINATOR
        || roster.stream()
            .anyMatch(member ->
                member.role() == Role.COORDINATOR
                    || member.name().equals(coordinator.name())
                    || member.certificate().equals(coordinator.certificate()))) {
      throw new IllegalArgumentException(
          "coordinator: %s (expected: exactly one, and it is neither client nor helper)"
              .formatted(coordinator.name()));
    }
    Set<String> names = roster.stream().map(Member::name).collect(Collectors.toSet());
    for (HelperHello hello : helpers) {
      if (!hello.federation().equals(federation)
          || !hello.run().equals(run)
          || hello.round() != round) {
        throw new IllegalArgumentException(
            "hello of %s: of another round (expected: round %d of this run)"
                .formatted(hello.helper(), round));
      }
      if (!names.contains(hello.helper())) {
        throw new IllegalArgumentException(
            "helper: %s (expected: a member of the roster)".formatted(hello.helper()));
      }
    }
  }

  private static void checkThresholds(
      AggregationPlan plan,
      int threshold,
      int minClients,
      List<Member> roster,
      List<HelperHello> helpers) {
    long clients = roster.stream().filter(member -> member.role() == Role.CLIENT).count();
    if (minClients < 1 || minClients > clients || clients > plan.parameters().maxClients()) {
      throw new IllegalArgumentException(
          "k_min: %d of %d clients (expected: 1 <= k_min <= clients <= %d of profile %s)"
              .formatted(
                  minClients, clients, plan.parameters().maxClients(), plan.parameters().name()));
    }
    int c = helpers.size();
    boolean fits =
        switch (plan.mode()) {
          case NONE -> c == 0 && threshold == 0;
          case KEY_HOLDER, CKKS, PAILLIER -> c == 1 && threshold == 1;
          case SECURE_AGGREGATION -> threshold >= 1 && threshold <= c;
        };
    if (!fits) {
      throw new IllegalArgumentException(
          "threshold: %d of %d helpers (expected: 0 of 0 in none, 1 of 1 with a key holder)"
              .formatted(threshold, c));
    }
    Role expected = plan.mode().hasKeyHolder() ? Role.KEY_HOLDER : Role.CLIENT;
    Set<String> helping = helpers.stream().map(HelperHello::helper).collect(Collectors.toSet());
    for (Member member : roster) {
      boolean helps = helping.contains(member.name());
      if (helps ? member.role() != expected : member.role() != Role.CLIENT) {
        throw new IllegalArgumentException(
            "%s: %s (expected: helpers are %s, all others %s)"
                .formatted(member.name(), member.role(), expected, Role.CLIENT));
      }
    }
  }

  /// The tensors of what a client sends: those of the model, then what its rule adds.
  public ModelLayout upload() {
    return train.upload(layout);
  }

  /// The segments of what a client sends.
  public List<Segment> segments() {
    return upload().segments(plan.segmentParameters());
  }

  /// How many of them, from the first, the round goes on without where they fail for good.
  public int dispensable() {
    return plan.partialRounds()
        ? train.dispensable(layout, plan.segmentParameters(), segments().size())
        : 0;
  }

  /// The names of the clients, ascending.
  public List<String> clients() {
    return clients(roster);
  }

  private static List<String> clients(List<Member> roster) {
    return roster.stream()
        .filter(member -> member.role() == Role.CLIENT)
        .map(Member::name)
        .toList();
  }

  /// H(roster): names, roles and certificates, which contain the signature keys.
  public Bytes rosterHash() {
    return Bytes.sha256(
        FieldWriter.of("cifer.roster", VERSION)
            .list(roster, (out, member) -> member.write(out))
            .toByteArray());
  }

  /// H(helpers): names in the order of their indices, keys and signatures.
  public Bytes helpersHash() {
    return Bytes.sha256(
        FieldWriter.of("cifer.helpers", VERSION)
            .list(helpers, (out, hello) -> out.bytes(hello.encode()))
            .toByteArray());
  }

  /// The index of a helper, 1 to c.
  ///
  /// @throws IllegalArgumentException if it is none
  public int helperIndex(String helper) {
    for (int i = 0; i < helpers.size(); i++) {
      if (helpers.get(i).helper().equals(helper)) {
        return i + 1;
      }
    }
    throw new IllegalArgumentException("helper: " + helper + " (expected: one of the round)");
  }

  /// The same with the signature of its author.
  public RoundOpen signed(Signer signer) {
    return new RoundOpen(
        federation,
        run,
        round,
        plan,
        layout,
        modelHash,
        architecture,
        train,
        previousResult,
        threshold,
        minClients,
        coordinator,
        roster,
        helpers,
        draw,
        Bytes.of(signer.sign(signedBytes())));
  }

  /// The same with the draw of its helpers.
  public RoundOpen withDraw(Draw drawn) {
    return new RoundOpen(
        federation,
        run,
        round,
        plan,
        layout,
        modelHash,
        architecture,
        train,
        previousResult,
        threshold,
        minClients,
        coordinator,
        roster,
        helpers,
        Optional.of(drawn),
        Bytes.EMPTY);
  }

  /// What a participant answers but once without its owner's consent: the model. Of a round that
  /// measures it is the steps and the wave, for what was measured before can differ by rounding.
  public Bytes subject() {
    if (!Statistics.isMeasured(architecture)) {
      return modelHash;
    }
    FieldWriter out = FieldWriter.of(STATISTICS_LABEL, VERSION).text(architecture);
    PreprocessingCodec.write(out, train.preprocessing());
    return Bytes.sha256(out.toByteArray());
  }

  @Override
  public String author() {
    return coordinator.name();
  }

  @Override
  public byte[] signedBytes() {
    FieldWriter out =
        FieldWriter.of(LABEL, VERSION).text(federation).text(run).u31(round).bytes(plan.encode());
    LayoutCodec.write(out, layout);
    out.fixed(modelHash, Hashing.BYTES).text(architecture);
    TrainConfigCodec.write(out, train);
    out.fixed(previousResult, Hashing.BYTES).u31(threshold).u31(minClients);
    coordinator.write(out);
    return out.list(roster, (to, member) -> member.write(to))
        .list(helpers, (to, hello) -> to.bytes(hello.encode()))
        .list(draw.stream().toList(), (to, drawn) -> drawn.write(to))
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static RoundOpen decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new RoundOpen(
                in.name(),
                in.name(),
                in.u31(),
                AggregationPlan.decode(in.bytes(MAX_PLAN_BYTES).toByteArray()),
                LayoutCodec.read(in),
                in.fixed(Hashing.BYTES),
                in.text(MAX_ARCHITECTURE_BYTES),
                TrainConfigCodec.read(in),
                in.fixed(Hashing.BYTES),
                in.u31(),
                in.u31(),
                Member.read(in),
                in.list(Limits.MAX_PARTICIPANTS, Member.MIN_BYTES, Member::read),
                in.list(
                    Limits.MAX_HELPERS,
                    Integer.BYTES,
                    each -> HelperHello.decode(each.bytes(MAX_HELLO_BYTES).toByteArray())),
                in.list(1, 2 * Integer.BYTES, Draw::read).stream().findFirst(),
                in.bytes(MAX_SIGNATURE_BYTES)));
  }

  /// Names the round and counts; certificates and keys are too long to read.
  @Override
  public String toString() {
    return "RoundOpen[%s/%s round %d, %s, %s, %d in the roster, t=%d of %d, k_min=%d]"
        .formatted(
            federation,
            run,
            round,
            plan.mode().key(),
            layout,
            roster.size(),
            threshold,
            helpers.size(),
            minClients);
  }
}
