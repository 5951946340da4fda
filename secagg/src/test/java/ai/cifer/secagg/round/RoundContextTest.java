package ai.cifer.secagg.round;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Member;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RoundContextTest {
  /// All fields that the context binds, each with a default.
  private static final class Fields {
    String federation = "f";
    String run = "r";
    int round = 1;
    float clip = 0.5f;
    int weightCap = 100;
    Bytes model = Bytes.zeros(32);
    Bytes previous = RoundOpen.NO_RESULT;
    String third = "c";
    int certificate = 3;
    int key = 0;
    int helloSignature = 9;
    int threshold = 2;
    int minClients = 3;
    String architecture = "net";
    TrainConfig train = new TrainConfig(0.1, 1, 1, 0);
    String tensor = "w";
    EncryptionMode mode = EncryptionMode.SECURE_AGGREGATION;
    long segmentParameters = 1000;
    boolean partialRounds;
    String coordinator = "s";
    int coordinatorCertificate = 0;

    RoundContext context() {
      AggregationPlan plan =
          new AggregationPlan(
              mode,
              true,
              AggregationParameters.K2_N256,
              List.of(clip),
              weightCap,
              segmentParameters,
              partialRounds);
      return RoundContext.of(
          new RoundOpen(
              federation,
              run,
              round,
              plan,
              new ModelLayout(List.of(new TensorSpec(tensor, List.of(10)))),
              model,
              architecture,
              train,
              previous,
              threshold,
              minClients,
              new Member(
                  coordinator,
                  Role.COORDINATOR,
                  Bytes.of(new byte[] {(byte) coordinatorCertificate})),
              List.of(member("a", 1), member("b", 2), member(third, certificate)),
              mode == EncryptionMode.NONE ? List.of() : List.of(hello("a"), hello("b")),
              Bytes.EMPTY));
    }

    private static Member member(String name, int certificate) {
      return new Member(name, Role.CLIENT, Bytes.of(new byte[] {(byte) certificate}));
    }

    private HelperHello hello(String name) {
      byte[] mlKem = new byte[1184];
      mlKem[7] = (byte) key;
      return new HelperHello(
          federation,
          run,
          round,
          name,
          Bytes.zeros(32),
          Bytes.of(mlKem),
          Bytes.of(new byte[] {(byte) helloSignature}));
    }
  }

  @Test
  void everyFieldChangesTheContext() {
    Set<RoundContext> seen = new HashSet<>();
    seen.add(new Fields().context());
    List<Consumer<Fields>> changes =
        List.of(
            fields -> fields.federation = "g",
            fields -> fields.run = "q",
            fields -> fields.round = 2,
            fields -> fields.clip = 0.25f,
            fields -> fields.weightCap = 99,
            fields -> fields.partialRounds = true,
            fields -> fields.model = Bytes.sha256(),
            fields -> fields.previous = Bytes.sha256(),
            fields -> fields.third = "d",
            fields -> fields.certificate = 4,
            fields -> fields.key = 1,
            fields -> fields.helloSignature = 8,
            fields -> fields.threshold = 1,
            fields -> fields.minClients = 2,
            fields -> fields.architecture = "other",
            fields -> fields.train = new TrainConfig(1e-30, 1, 1, 0),
            fields -> fields.train = new TrainConfig(0.1, 2, 1, 0),
            fields -> fields.train = new TrainConfig(0.1, 1, 2, 0),
            fields -> fields.train = new TrainConfig(0.1, 1, 1, 1),
            fields ->
                fields.train =
                    fields.train.withPreprocessing(
                        new Preprocessing(List.of(new Preprocessing.Flatten()))),
            fields ->
                fields.train =
                    fields.train.withOptions(
                        TrainOptions.DEFAULT.toBuilder().gradientClip(1e-30).build()),
            fields -> fields.train = fields.train.withRule(new ClientRule.FedDyn(1)),
            fields -> {
              UpdatePrivacy privacy = UpdatePrivacy.central(1, 1, 1, 1e-5);
              fields.train = fields.train.withPrivacy(privacy);
              fields.clip = privacy.clip(20);
              fields.weightCap = 1;
            },
            fields -> fields.tensor = "v",
            fields -> {
              fields.mode = EncryptionMode.NONE;
              fields.threshold = 0;
            },
            fields -> fields.segmentParameters = 1001,
            fields -> fields.coordinator = "t",
            fields -> fields.coordinatorCertificate = 8);
    for (var change : changes) {
      Fields fields = new Fields();
      change.accept(fields);
      seen.add(fields.context());
    }
    assertThat(seen).hasSize(1 + changes.size());
  }

  /// Computed from the specification with Python's hashlib and hmac, independently of this code.
  @Test
  void contextAndSeedAreTheseBytes() {
    RoundContext context = new Fields().context();
    assertThat(HexFormat.of().formatHex(context.hash().toByteArray()))
        .isEqualTo("7cfaa62e2af21fee032f35c2ba60e32a8cd15da75a4deb0bedd6bb597480cbca");
    assertThat(HexFormat.of().formatHex(context.publicSeed(2, 1)))
        .isEqualTo("f2e8d87340674c940e8e56537d177271e0e1a69b1482ae29ab1b319a875aeaba");
    assertThat(context.publicSeed(2, 1)).isNotEqualTo(context.publicSeed(1, 2));
  }
}
