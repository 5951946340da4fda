package ai.cifer.secagg.message;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.privacy.UpdatePrivacy.Scope;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Messages of every type from one source of randomness.
final class Samples {
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

  private final RandomGenerator random;

  private static final CertifiedCohort CERTIFIED =
      new CertifiedCohort(
          new Cohort(
              RoundOpen.NO_RESULT, 1, 0, List.of(new Cohort.Entry("a", RoundOpen.NO_RESULT))),
          List.of(
              new CohortSignature(
                  RoundOpen.NO_RESULT, "a", 1, 0, RoundOpen.NO_RESULT, Bytes.EMPTY)));

  Samples(RandomGenerator random) {
    this.random = random;
  }

  /// A message and how its type is decoded.
  record Sample(Message message, Function<byte[], Message> decode) {}

  List<Sample> all() {
    return List.of(
        new Sample(hello("run", 3, "helper"), HelperHello::decode),
        new Sample(open(), RoundOpen::decode),
        new Sample(manifest("c"), Manifest::decode),
        new Sample(share("c"), SealedShare::decode),
        new Sample(shares(), Shares::decode),
        new Sample(
            new ShareStatus(hash(), name(), segment(), attempt(), names(), names(), signature()),
            ShareStatus::decode),
        new Sample(cohort(), Cohort::decode),
        new Sample(cohortSignature(name()), CohortSignature::decode),
        new Sample(
            new RevealRequest(hash(), segment(), attempt(), hash(), certificate()),
            RevealRequest::decode),
        new Sample(
            new Reveal(hash(), name(), segment(), attempt(), hash(), coefficients(), signature()),
            Reveal::decode),
        new Sample(
            new SegmentResult(cohort(), certificate(), coefficients()), SegmentResult::decode),
        new Sample(
            new RoundResult(hash(), hashes(), hash(), hash(), name(), signature()),
            RoundResult::decode),
        new Sample(
            new EncryptedSum(hash(), segment(), attempt(), hash(), 12, bytes(77)),
            EncryptedSum::decode),
        new Sample(
            new OpenedSum(hash(), name(), segment(), attempt(), hash(), 12, bytes(80), signature()),
            OpenedSum::decode),
        new Sample(outline(), Outline::decode),
        new Sample(notRevealed(1, name()), NotRevealed::decode),
        new Sample(
            new Retry(
                hash(),
                segment(),
                2,
                List.of(notRevealed(0, "a"), notRevealed(0, "b"), notRevealed(1, "a")),
                List.of(CERTIFIED)),
            Retry::decode),
        new Sample(
            new BeaconCommitment("fed", "run", 3, 2, name(), hash(), signature()),
            BeaconCommitment::decode),
        new Sample(
            new BeaconList(
                "fed",
                "run",
                3,
                2,
                names().stream().map(member -> new BeaconList.Entry(member, hash())).toList()),
            BeaconList::decode),
        new Sample(new BeaconOpening(hash(), name(), bytes(32)), BeaconOpening::decode),
        new Sample(new CertifiedCohort(cohort(), certificate()), CertifiedCohort::decode));
  }

  /// A hello with a public key.
  Sample keyHello() {
    return new Sample(
        new HelperHello("fed", "run", 3, "h", bytes(32), bytes(1184), bytes(99), signature()),
        HelperHello::decode);
  }

  /// A round whose helpers were drawn.
  Sample drawnOpen() {
    Draw draw =
        new Draw(
            2,
            Stream.of("a", "b", "c")
                .map(member -> new Draw.Opening(member, bytes(32), signature()))
                .toList());
    return new Sample(open().withDraw(draw), RoundOpen::decode);
  }

  private Bytes bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  private Bytes hash() {
    return bytes(32);
  }

  private Bytes signature() {
    return bytes(64);
  }

  private int segment() {
    return random.nextInt(1 << 20);
  }

  private NotRevealed notRevealed(int attempt, String helper) {
    return new NotRevealed(hash(), helper, segment(), attempt, signature());
  }

  private int attempt() {
    return random.nextInt(Integer.MAX_VALUE);
  }

  private String name() {
    StringBuilder name = new StringBuilder();
    int length = 1 + random.nextInt(64);
    for (int i = 0; i < length; i++) {
      name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return name.toString();
  }

  private List<String> names() {
    TreeSet<String> names = new TreeSet<>();
    int count = random.nextInt(5);
    for (int i = 0; i < count; i++) {
      names.add(name());
    }
    return List.copyOf(names);
  }

  private List<Bytes> hashes() {
    List<Bytes> hashes = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      hashes.add(hash());
    }
    return hashes;
  }

  private Coefficients coefficients() {
    int[] values = new int[random.nextInt(40)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(Integer.MAX_VALUE);
    }
    return Coefficients.of(values);
  }

  private HelperHello hello(String run, int round, String helper) {
    return new HelperHello("fed", run, round, helper, bytes(32), bytes(1184), signature());
  }

  private Manifest manifest(String client) {
    return new Manifest(
        hash(),
        client,
        segment(),
        attempt(),
        random.nextInt(Integer.MAX_VALUE),
        random.nextLong(1L << 40),
        hash(),
        hashes(),
        signature());
  }

  private SealedShare share(String client) {
    return new SealedShare(
        hash(), client, name(), segment(), attempt(), bytes(32), bytes(1088), bytes(50));
  }

  private Shares shares() {
    List<Shares.Candidate> candidates =
        names().stream()
            .map(client -> new Shares.Candidate(manifest(client), share(client)))
            .toList();
    return new Shares(hash(), segment(), attempt(), 1, 3, candidates);
  }

  private Cohort cohort() {
    return new Cohort(
        hash(),
        segment(),
        attempt(),
        names().stream().map(client -> new Cohort.Entry(client, hash())).toList());
  }

  private CohortSignature cohortSignature(String helper) {
    return new CohortSignature(hash(), helper, segment(), attempt(), hash(), signature());
  }

  private List<CohortSignature> certificate() {
    return names().stream().map(this::cohortSignature).toList();
  }

  private RoundOpen open() {
    ModelLayout layout =
        new ModelLayout(
            List.of(
                new TensorSpec("größe", List.of(1 + random.nextInt(9), 7)),
                new TensorSpec("b", List.of())));
    AggregationPlan plan =
        new AggregationPlan(
            EncryptionMode.SECURE_AGGREGATION,
            true,
            AggregationParameters.K2_N256,
            List.of(random.nextFloat() + 0.01f, 3f),
            1 + random.nextInt(1 << 19),
            1 + random.nextInt(1 << 20),
            true);
    List<Member> roster =
        List.of(
            new Member("a", Role.CLIENT, bytes(40)),
            new Member("b", Role.CLIENT, bytes(41)),
            new Member("c", Role.CLIENT, bytes(42)));
    return new RoundOpen(
        "fed",
        "run",
        3,
        plan,
        layout,
        hash(),
        "cnn \u2713",
        new TrainConfig(
            random.nextDouble() + 0.001,
            32,
            2,
            random.nextLong(),
            preprocessing(random),
            options(),
            new ClientRule.Ditto(0.5),
            false,
            Optional.empty()),
        hash(),
        2,
        3,
        new Member("server", Role.COORDINATOR, bytes(43)),
        roster,
        List.of(hello("run", 3, "a"), hello("run", 3, "b")),
        signature());
  }

  /// Steps whose constants are measured, and what came of that; fixed.
  private static Outline outline() {
    return new Outline(
        "mlp 4 2",
        new ModelLayout(List.of(new TensorSpec("w", List.of(4, 2)))),
        new TrainConfig(
            0.5,
            8,
            1,
            7,
            new Preprocessing(
                List.of(
                    new Preprocessing.ImputeMean(List.of("debt"), 0, 1, List.of()),
                    new Preprocessing.ImputeMean(List.of("age"), 0, 120, List.of(41.5f)),
                    new Preprocessing.Standardize(List.of(), 0, 1, List.of(), List.of()))),
            options(),
            new ClientRule.Plain(),
            false,
            Optional.of(new UpdatePrivacy(Scope.CENTRAL, 0.5, 1.25, 0.75, 3, 1e-5))));
  }

  /// A step of every kind. Fixed, so that the randomness of the messages that follow is what it
  /// was.
  private static TrainOptions options() {
    return new TrainOptions(
        TrainOptions.Optimiser.ADAMW,
        0.5,
        0.01,
        TrainOptions.Loss.CROSS_ENTROPY,
        1.5,
        List.of(0.25, 2.0),
        0.125,
        3,
        TrainOptions.Buffers.LOCAL,
        List.of("head.*"),
        true);
  }

  private static Preprocessing preprocessing(RandomGenerator random) {
    return new Preprocessing(
        List.of(
            new Preprocessing.Select(List.of("age", "income \u2713")),
            new Preprocessing.Label("status", List.of("bad", "good")),
            new Preprocessing.Regression("3"),
            new Preprocessing.Impute(List.of(), random.nextDouble()),
            new Preprocessing.Scale(List.of("age"), 0, 1 + random.nextDouble()),
            new Preprocessing.Standardize(
                List.of("age"), -1, 1, List.of(random.nextFloat()), List.of(0.5f)),
            new Preprocessing.OneHot("home", List.of("rent", "owner")),
            new Preprocessing.Flatten(),
            new Preprocessing.Tokens(),
            new Preprocessing.Resize(28, 28, 1),
            new Preprocessing.Divide(0.2, random.nextLong())));
  }
}
