package ai.cifer.secagg.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.Quantiser;
import ai.cifer.secagg.TestFederation;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundRefused.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A round whose clients add noise.
class PrivateRoundTest {
  private static final UpdatePrivacy PRIVACY = UpdatePrivacy.central(0.7, 1.3, 3, 1e-5);
  private static final int BITS = AggregationParameters.K2_N256.valueBits();

  @TempDir Path spool;

  private static AggregationPlan plan(float clip, int weightCap) {
    return AggregationPlan.uniform(
        EncryptionMode.KEY_HOLDER,
        true,
        AggregationParameters.K2_N256,
        TestFederation.LAYOUT,
        clip,
        weightCap);
  }

  private static RoundOpen open(
      TestFederation federation, AggregationPlan plan, int minClients, UpdatePrivacy privacy)
      throws IOException {
    return open(federation, plan, minClients, privacy, "test-net");
  }

  private static RoundOpen open(
      TestFederation federation,
      AggregationPlan plan,
      int minClients,
      UpdatePrivacy privacy,
      String architecture)
      throws IOException {
    try (Tensors model = Tensors.allocate(TestFederation.LAYOUT)) {
      RoundOpen open = federation.open(plan, model, 1, minClients);
      RoundOpen unsigned =
          new RoundOpen(
              open.federation(),
              open.run(),
              open.round(),
              open.plan(),
              open.layout(),
              open.modelHash(),
              architecture,
              open.train().withPrivacy(privacy),
              open.previousResult(),
              open.threshold(),
              open.minClients(),
              open.coordinator(),
              open.roster(),
              open.helpers(),
              open.draw(),
              Bytes.EMPTY);
      return unsigned.signed(federation.coordinator);
    }
  }

  @Test
  void whatWouldMakeTheAccountantWrong_isNoMessage() throws Exception {
    TestFederation federation = new TestFederation(4, spool);
    float clip = PRIVACY.clip(BITS);
    RoundOpen good = open(federation, plan(clip, 1), 3, PRIVACY);
    assertThat(RoundOpen.decode(good.encode()).train().privacy()).contains(PRIVACY);
    assertThatThrownBy(() -> open(federation, plan(clip, 2), 3, PRIVACY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("privacy with weight_cap 2");
    assertThatThrownBy(() -> open(federation, plan(1, 1), 3, PRIVACY))
        .hasMessageContaining("and clips [1.0] (expected: 1, and %s for all".formatted(clip));
    assertThatThrownBy(() -> open(federation, plan(clip, 1), 2, PRIVACY))
        .hasMessage("honest: 3 (expected: <= 2, the smallest cohort)");
  }

  @Test
  void aClientRefusesLessNoiseThanItsOwnerDemands() throws Exception {
    TestFederation federation = new TestFederation(4, spool);
    AggregationPlan plan = plan(PRIVACY.clip(BITS), 1);
    RoundPolicy usual = TestFederation.policy(plan.mode());
    RoundPolicy demanding =
        new RoundPolicy(
            usual.federation(),
            usual.minClients(),
            usual.modes(),
            usual.parameters(),
            usual.trust(),
            usual.minThreshold(),
            Optional.empty(),
            true,
            1.5);
    try (Tensors model = Tensors.allocate(TestFederation.LAYOUT)) {
      refused("0.0", federation, demanding, federation.open(plan, model, 1, 3));
    }
    refused("1.3", federation, demanding, open(federation, plan, 3, PRIVACY));
    // What is measured before training gets no noise: saying that it does must not help.
    UpdatePrivacy more = UpdatePrivacy.central(0.7, 2, 3, 1e-5);
    AggregationPlan wider = plan(more.clip(BITS), 1);
    refused("0.0", federation, demanding, open(federation, wider, 3, more, "statistics 1"));
    federation.client(0, demanding, false).accept(open(federation, wider, 3, more));
  }

  private static void refused(
      String noise, TestFederation federation, RoundPolicy policy, RoundOpen open) {
    assertThatThrownBy(() -> federation.client(0, policy, false).accept(open))
        .isInstanceOfSatisfying(
            RoundRefused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.PRIVACY))
        .hasMessage(
            "noise_multiplier: %s (expected: >= 1.5, this participant's min_noise_multiplier)"
                .formatted(noise));
  }

  /// The random rounding of the quantiser finds whole steps and leaves them: all that is rounded is
  /// what the guarantee was proven for, and the same is sent in every mode.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void theQuantiserTakesWholeStepsAsTheyAre(int seed) {
    AggregationParameters parameters = AggregationParameters.K2_N256;
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) seed);
    int levels = (1 << (BITS - 1)) - 1;
    int[] slots = new int[parameters.valuesPerBlock()];
    float[] values = new float[1000];
    float[] clips = new float[values.length];
    Arrays.fill(clips, PRIVACY.clip(BITS));
    int[] expected = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      expected[i] = (int) ((long) i * (2L * levels) / (values.length - 1)) - levels;
      values[i] = (float) (expected[i] * PRIVACY.step(BITS));
    }
    try (Quantiser quantiser = new Quantiser(parameters, key, 1, 1)) {
      quantiser.quantise(1, values, clips, values.length, slots);
    }
    for (int i = 0; i < values.length; i++) {
      assertThat(slots[i] - (1 << (BITS - 1))).isEqualTo(expected[i]);
    }
  }
}
