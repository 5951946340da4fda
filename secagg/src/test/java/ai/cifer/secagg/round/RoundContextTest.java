package ai.cifer.secagg.round;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.train.TrainConfig;
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
  private static final ModelLayout LAYOUT =
      new ModelLayout(List.of(new TensorSpec("w", List.of(10))));

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

    RoundContext context() {
      AggregationPlan plan =
          new AggregationPlan(
              EncryptionMode.SECURE_AGGREGATION,
              true,
              AggregationParameters.K2_N256,
              List.of(clip),
              weightCap,
              1000);
      return RoundContext.of(
          new RoundOpen(
              federation,
              run,
              round,
              plan,
              LAYOUT,
              model,
              "net",
              new TrainConfig(0.1, 1, 1, 0),
              previous,
              threshold,
              minClients,
              new Member("s", Role.COORDINATOR, Bytes.of(new byte[] {0})),
              List.of(member("a", 1), member("b", 2), member(third, certificate)),
              List.of(hello("a"), hello("b")),
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
            fields -> fields.model = Bytes.sha256(),
            fields -> fields.previous = Bytes.sha256(),
            fields -> fields.third = "d",
            fields -> fields.certificate = 4,
            fields -> fields.key = 1,
            fields -> fields.helloSignature = 8,
            fields -> fields.threshold = 1,
            fields -> fields.minClients = 2);
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
        .isEqualTo("de067fe6c7f71d630852da2f89e27a719690ed4678fc4fb5e54c5776c3ff24ee");
    assertThat(HexFormat.of().formatHex(context.publicSeed(2, 1)))
        .isEqualTo("bb712eb9cfa27400f3823ff65455911452ae38c4c258448e706ea37f2edbd51d");
    assertThat(context.publicSeed(2, 1)).isNotEqualTo(context.publicSeed(1, 2));
  }
}
