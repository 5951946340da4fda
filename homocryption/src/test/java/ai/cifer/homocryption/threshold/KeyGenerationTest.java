package ai.cifer.homocryption.threshold;

import static ai.cifer.homocryption.threshold.TestCommittee.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.rns.RnsLift;
import ai.cifer.homocryption.threshold.ThresholdException.ProtocolViolation;
import ai.cifer.homocryption.threshold.ThresholdException.RetryRefused;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Keys that parties made together do what keys of one owner do.
class KeyGenerationTest {
  private static final CkksParameters P = InsecureParameters.composite(10);
  private static TestCommittee committee;
  private static CkksEvaluator evaluator;
  private static double[] values;
  private static CkksCiphertext x;

  @BeforeAll
  static void make() {
    committee = TestCommittee.of(P, 3, 2);
    evaluator =
        new CkksEvaluator(committee.relinearizationKey(), committee.galoisKeys(true, 1, -2));
    values = committee.vector(j -> Math.sin(j + 1));
    x = committee.encrypt(values);
  }

  @AfterAll
  static void close() {
    committee.close();
  }

  /// The coefficients of the error of a result, in canonical norm at most `bound`.
  private static void requireWithin(
      CkksCiphertext result, java.util.function.IntToDoubleFunction expected, double bound) {
    double[] slots = Phases.slots(committee, result);
    for (int j = 0; j < slots.length; j++) {
      assertThat(Math.abs(slots[j] - expected.applyAsDouble(j)))
          .as("slot %d", j)
          .isLessThan(bound / result.scale() + 0x1p-46);
    }
  }

  @Test
  void encryptsUnderTheSumOfTheSecrets() {
    requireWithin(x, j -> values[j], TrackedErrorBound.fresh(committee.session, 1).error());
  }

  @Test
  void theJointRelinearizationKeyMultiplies() {
    CkksCiphertext square = evaluator.rescale(evaluator.relinearize(evaluator.multiply(x, x)));
    var bound = TrackedErrorBound.fresh(committee.session, 1);
    requireWithin(
        square, j -> values[j] * values[j], bound.times(bound).relinearize().rescale().error());
    CkksCiphertext fourth =
        evaluator.rescale(evaluator.relinearize(evaluator.multiply(square, square)));
    requireWithin(fourth, j -> Math.pow(values[j], 4), 0x1p40);
  }

  @Test
  void theJointGaloisKeysRotateAndConjugate() {
    int n = P.slots();
    double bound = TrackedErrorBound.fresh(committee.session, 1).rotate().error();
    requireWithin(evaluator.rotate(x, 1), j -> values[(j + 1) % n], bound);
    requireWithin(evaluator.rotate(x, -2), j -> values[(j + n - 2) % n], bound);
    requireWithin(evaluator.conjugate(x), j -> values[j], bound);
  }

  @ParameterizedTest
  @EnumSource(SecretDistribution.class)
  void secretsHaveTheDistributionOfTheSession(SecretDistribution distribution) {
    ThresholdSession session =
        ThresholdSession.of(
            InsecureParameters.composite(12), new Committee(2, 2), distribution, new byte[32], "d");
    try (PartySecretKey secret = PartySecretKey.generate(session, 1, RANDOM)) {
      double[] coefficients = new double[session.parameters().degree()];
      new RnsLift(session.parameters().ring())
          .lift(
              new ai.cifer.homocryption.rns.RnsPolynomial(secret.take(session, "test").rows())
                  .truncated(2),
              coefficients);
      double sum = 0;
      double largest = 0;
      for (double c : coefficients) {
        sum += c * c;
        largest = Math.max(largest, Math.abs(c));
      }
      double variance = sum / coefficients.length;
      double expected = distribution == SecretDistribution.TERNARY ? 2.0 / 3 : 3.19 * 3.19;
      // Eight deviations of the variance of 4096 samples.
      assertThat(variance).isBetween(0.8 * expected, 1.2 * expected);
      if (distribution == SecretDistribution.TERNARY) {
        assertThat(largest).isEqualTo(1);
      }
    }
  }

  @Test
  void gaussianSecretsMultiplyToo() {
    byte[] seed = new byte[32];
    RANDOM.nextBytes(seed);
    try (var gaussian =
        new TestCommittee(
            ThresholdSession.of(
                P, new Committee(2, 2), SecretDistribution.GAUSSIAN, seed, "gaussian"))) {
      var evaluator = new CkksEvaluator(gaussian.relinearizationKey());
      var y = gaussian.encrypt(values);
      var square = evaluator.rescale(evaluator.relinearize(evaluator.multiply(y, y)));
      var bound = TrackedErrorBound.fresh(gaussian.session, 1);
      double largest = bound.times(bound).relinearize().rescale().error();
      double[] slots = Phases.slots(gaussian, square);
      for (int j = 0; j < slots.length; j++) {
        assertThat(Math.abs(slots[j] - values[j] * values[j]))
            .isLessThan(largest / square.scale() + 0x1p-46);
      }
    }
  }

  @Test
  void noStepIsTakenTwice() {
    ThresholdSession session = TestCommittee.session(InsecureParameters.composite(8), 2, 2);
    try (PartySecretKey one = PartySecretKey.generate(session, 1, RANDOM);
        PartySecretKey two = PartySecretKey.generate(session, 2, RANDOM)) {
      var publicKey = new PublicKeyGeneration(session);
      publicKey.share(one, RANDOM);
      assertThatThrownBy(() -> publicKey.share(one, RANDOM))
          .isInstanceOf(RetryRefused.class)
          .hasMessageContaining("public-key: already taken")
          .hasMessageContaining("new session");
      var relinearization = new RelinearizationKeyGeneration(session);
      var shares =
          TestCommittee.exchange(
              List.of(
                  relinearization.roundOne(one, RANDOM), relinearization.roundOne(two, RANDOM)));
      assertThatThrownBy(() -> relinearization.roundOne(one, RANDOM))
          .isInstanceOf(RetryRefused.class);
      relinearization.roundTwo(one, shares, RANDOM);
      assertThatThrownBy(() -> relinearization.roundTwo(one, shares, RANDOM))
          .isInstanceOfAny(RetryRefused.class, ProtocolViolation.class);
      var galois = new GaloisKeyGeneration(session);
      galois.shares(one, RANDOM, 1, 2);
      assertThatThrownBy(() -> galois.shares(one, RANDOM, 3, 2)).isInstanceOf(RetryRefused.class);
      var sharing = new SecretSharing(session);
      sharing.deal(one, RANDOM);
      assertThatThrownBy(() -> sharing.deal(one, RANDOM)).isInstanceOf(RetryRefused.class);
    }
  }

  @Test
  void aKeyNeedsOneShareOfEveryParty() {
    ThresholdSession session = TestCommittee.session(InsecureParameters.composite(8), 3, 2);
    var galois = new GaloisKeyGeneration(session);
    List<GaloisKeyShare> shares = new ArrayList<>();
    for (int party = 1; party <= 2; party++) {
      shares.addAll(galois.shares(PartySecretKey.generate(session, party, RANDOM), RANDOM, 1));
    }
    assertThatThrownBy(() -> galois.aggregate(committee.publicKey, shares))
        .isInstanceOf(ProtocolViolation.class)
        .hasMessageContaining("from parties [1, 2] (expected: from all 3)");
    shares.add(shares.getFirst());
    assertThatThrownBy(() -> galois.aggregate(committee.publicKey, shares))
        .isInstanceOf(ProtocolViolation.class)
        .hasMessageContaining("two shares");
  }

  @Test
  void roundTwoNeedsRoundOneOfTheSameSecret() {
    ThresholdSession session = TestCommittee.session(InsecureParameters.composite(8), 2, 2);
    var generation = new RelinearizationKeyGeneration(session);
    List<PartySecretKey> secrets =
        List.of(
            PartySecretKey.generate(session, 1, RANDOM),
            PartySecretKey.generate(session, 2, RANDOM));
    var one =
        TestCommittee.exchange(secrets.stream().map(s -> generation.roundOne(s, RANDOM)).toList());
    assertThatThrownBy(
            () -> generation.roundTwo(PartySecretKey.generate(session, 1, RANDOM), one, RANDOM))
        .isInstanceOf(ProtocolViolation.class)
        .hasMessageContaining("round 2 before round 1");
  }

  @Test
  void closedSecretsAreZeroAndRefuse() {
    ThresholdSession session = TestCommittee.session(InsecureParameters.composite(8), 2, 2);
    PartySecretKey secret = PartySecretKey.generate(session, 1, RANDOM);
    var rows = secret.take(session, "test");
    var generation = new RelinearizationKeyGeneration(session);
    generation.roundOne(secret, RANDOM);
    var ephemeral = secret.ephemeral();
    assertThat(rows.isZero() || ephemeral.isZero()).isFalse();
    secret.close();
    assertThat(rows.isZero() && ephemeral.isZero()).isTrue();
    assertThatThrownBy(() -> secret.take(session, "other"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(secret.toString()).doesNotContain("RnsPolynomial");
  }

  @Test
  void sessionsAndCommitteesAreChecked() {
    assertThatThrownBy(() -> new Committee(1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Committee(63, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Committee(3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("threshold: 1 (expected: 2 to 3");
    assertThatThrownBy(() -> new Committee(3, 4)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ThresholdSession.of(P, new Committee(3, 2), new byte[31], "x"))
        .hasMessageContaining("public_seed: 31 bytes");
    assertThatThrownBy(() -> ThresholdSession.of(P, new Committee(3, 2), new byte[32], ""))
        .hasMessageContaining("job: 0 bytes");
    ThresholdSession session = ThresholdSession.of(P, new Committee(3, 2), new byte[32], "x");
    assertThat(session)
        .isEqualTo(ThresholdSession.of(P, new Committee(3, 2), new byte[32], "x"))
        .hasSameHashCodeAs(ThresholdSession.of(P, new Committee(3, 2), new byte[32], "x"))
        .isNotEqualTo(ThresholdSession.of(P, new Committee(3, 2), new byte[32], "y"))
        .isNotEqualTo(ThresholdSession.of(P, new Committee(3, 3), new byte[32], "x"));
    ThresholdSession next = session.next(new byte[32], "y");
    assertThat(next.committee()).isEqualTo(session.committee());
    assertThat(next).isNotEqualTo(session);
    assertThatThrownBy(() -> session.next(new byte[32], "x"))
        .hasMessageContaining("another than that of this session");
    assertThatThrownBy(() -> PartySecretKey.generate(session, 4, RANDOM))
        .hasMessageContaining("party: 4 (expected: 1 to 3)");
  }

  /// With a secret of zeros, a share would show its error, and its rows modulo other primes the
  /// secret.
  @Test
  void aSecretThatIsClosedDuringAStepMakesNoShare() {
    ThresholdSession session = TestCommittee.session(InsecureParameters.composite(8), 2, 2);
    PartySecretKey secret = PartySecretKey.generate(session, 1, TestCommittee.RANDOM);
    var closing =
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] bytes) {
            super.nextBytes(bytes);
            secret.close();
          }
        };
    var generation = new PublicKeyGeneration(session);
    assertThatThrownBy(() -> generation.share(secret, closing)).hasMessageContaining("closed");
  }
}
