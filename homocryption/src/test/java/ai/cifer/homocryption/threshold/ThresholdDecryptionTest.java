package ai.cifer.homocryption.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.ckks.KeyId;
import ai.cifer.homocryption.ckks.TransparentCiphertext;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.threshold.ThresholdException.CombinationFailed;
import ai.cifer.homocryption.threshold.ThresholdException.DecryptionRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThresholdDecryptionTest {
  private static final CkksParameters P = InsecureParameters.composite(9);
  private static final SmudgingPolicy POLICY = new SmudgingPolicy(2, 40);

  @TempDir Path folder;
  private TestCommittee committee;
  private CkksEvaluator evaluator;
  private double[] values;
  private CkksCiphertext x;
  private Smudging smudging;
  private ActiveSet set;
  private DecryptionLog log;
  private PartialDecryptor decryptor;

  @BeforeEach
  void make() throws IOException {
    committee = TestCommittee.of(P, 4, 3);
    evaluator = new CkksEvaluator(P);
    values = committee.vector(j -> Math.cos(3 * j));
    x = committee.encrypt(values);
    smudging =
        Smudging.of(committee.session, POLICY, TrackedErrorBound.fresh(committee.session, 1), 25);
    set = ActiveSet.of(committee.session.committee(), 1, 2, 4);
    log = committee.createLog(folder, 1, POLICY);
    decryptor = new PartialDecryptor(committee.shares.getFirst(), log);
  }

  @AfterEach
  void close() throws IOException {
    log.close();
    committee.close();
  }

  private Path fresh() throws IOException {
    return Files.createTempDirectory(folder, "logs");
  }

  private CkksCiphertext with(RnsPolynomial c0, RnsPolynomial c1, int level) {
    return new CkksCiphertext(P, committee.publicKey.keyId(), List.of(c0, c1), level, x.scale());
  }

  @Test
  void anyThresholdOfThePartiesDecryptsWithinTheBound() throws IOException {
    for (int left = 1; left <= 4; left++) {
      int without = left;
      int[] parties =
          java.util.stream.IntStream.rangeClosed(1, 4).filter(p -> p != without).toArray();
      ReleasedVector result = committee.decrypt(fresh(), x, smudging, parties);
      double[] released = result.values();
      for (int j = 0; j < released.length; j++) {
        assertThat(Math.abs(released[j] - values[j])).isLessThan(result.largestError());
      }
    }
  }

  @Test
  void releasedValuesHaveNoBitBelowTheEstimatedError() throws IOException {
    ReleasedVector result = committee.decrypt(fresh(), x, smudging, 1, 2, 3);
    assertThat(result.step()).isEqualTo(smudging.step());
    assertThat(Math.scalb(1.0, Math.getExponent(result.step()))).isEqualTo(result.step());
    assertThat(result.step()).isBetween(smudging.deviation(), 2 * smudging.deviation());
    for (double v : result.values()) {
      assertThat(v / result.step()).isEqualTo(Math.rint(v / result.step()));
    }
    assertThat(result.toString()).doesNotContain(String.valueOf(result.values()[0]));
  }

  /// t - 1 parties that pretend to be enough: the combiner notices, and what they see is uniform
  /// (99.9999 % point of 63 degrees of freedom: 128).
  @Test
  void oneFewerSeesUniformNoise() throws IOException {
    List<PartialDecryption> given = new ArrayList<>();
    RnsPolynomial sum = x.polynomial(0).copy();
    for (int party : new int[] {2, 4}) {
      try (DecryptionLog own = committee.createLog(fresh(), party, POLICY)) {
        PartialDecryption share =
            new PartialDecryptor(committee.shares.get(party - 1), own).decrypt(x, set, smudging);
        given.add(share);
        Residues.addInto(committee.ring, share.rows(), sum);
      }
    }
    assertThatThrownBy(() -> committee.combine(x, smudging, given))
        .isInstanceOf(CombinationFailed.class)
        .hasMessageContaining("from parties [2, 4] (expected: from all of ActiveSet[1, 2, 4])");
    for (int i = 0; i < sum.size(); i++) {
      committee.ring.kernel(i).inverse(sum.row(i));
      assertThat(SecretSharingPropertyTest.chiSquare(sum.row(i), committee.ring.prime(i)))
          .isLessThan(128);
    }
  }

  @Test
  void aSecondDecryptionOfACiphertextIsRefused() throws IOException {
    PartialDecryption first = decryptor.decrypt(x, set, smudging);
    assertThatThrownBy(() -> decryptor.decrypt(x, set, smudging))
        .isInstanceOf(DecryptionRefused.class)
        .hasMessageContaining("already has a share of this key (expected: one, ever)");
    assertThat(log.decryptions()).isEqualTo(1);
    assertThat(decryptor.resend(x, set, smudging).rows().rows()).isDeepEqualTo(first.rows().rows());
    assertThat(log.decryptions()).isEqualTo(1);
  }

  /// Asked by many threads at once, a party gives one share.
  @Test
  void oneOfManyThreadsGetsTheShare() throws Exception {
    int threads = 6;
    var start = new java.util.concurrent.CyclicBarrier(threads);
    try (var pool = java.util.concurrent.Executors.newFixedThreadPool(threads)) {
      List<java.util.concurrent.Future<Boolean>> given = new ArrayList<>();
      for (int k = 0; k < threads; k++) {
        given.add(
            pool.submit(() -> {
              start.await();
              try {
                decryptor.decrypt(x, set, smudging);
                return true;
              } catch (DecryptionRefused refused) {
                return false;
              }
            }));
      }
      int count = 0;
      for (var one : given) {
        count += one.get() ? 1 : 0;
      }
      assertThat(count).isEqualTo(1);
    }
    assertThat(log.decryptions()).isEqualTo(1);
  }

  /// Only `c_1` matters for a share, so changing anything else makes no new ciphertext.
  @Test
  void aChangedCiphertextWithTheSameC1IsTheSameCiphertext() throws IOException {
    decryptor.decrypt(x, set, smudging);
    RnsPolynomial shifted = x.polynomial(0).copy();
    shifted.row(0)[0] += 1;
    CkksCiphertext changed = with(shifted, x.polynomial(1), x.level());
    assertThatThrownBy(() -> decryptor.decrypt(changed, set, smudging))
        .isInstanceOf(DecryptionRefused.class)
        .hasMessageContaining("already");
    CkksCiphertext lower = evaluator.levelDrop(x, 1);
    Smudging atLevel1 =
        Smudging.of(
            committee.session,
            POLICY,
            TrackedErrorBound.fresh(committee.session, 1).levelDrop(1),
            25);
    assertThatThrownBy(() -> decryptor.decrypt(lower, set, atLevel1))
        .isInstanceOf(DecryptionRefused.class)
        .hasMessageContaining("already");
    assertThatThrownBy(() -> decryptor.resend(lower, set, atLevel1))
        .isInstanceOf(DecryptionRefused.class)
        .hasMessageContaining("the identical share, or none");
  }

  @Test
  void anotherActiveSetIsRefusedForTheCiphertextAndForTheKey() throws IOException {
    decryptor.decrypt(x, set, smudging);
    ActiveSet other = ActiveSet.of(committee.session.committee(), 1, 2, 3);
    CkksCiphertext y = committee.encrypt(values);
    assertThatThrownBy(() -> decryptor.decrypt(x, other, smudging))
        .isInstanceOf(DecryptionRefused.class);
    assertThatThrownBy(() -> decryptor.resend(x, other, smudging))
        .isInstanceOf(DecryptionRefused.class);
    assertThatThrownBy(() -> decryptor.decrypt(y, other, smudging))
        .isInstanceOf(DecryptionRefused.class)
        .hasMessageContaining("ActiveSet[1, 2, 3]: not the active set of this key")
        .hasMessageContaining("rotate the key");
    assertThat(log.boundSet()).contains(set);
    ActiveSet withoutMe = ActiveSet.of(committee.session.committee(), 2, 3, 4);
    assertThatThrownBy(() -> decryptor.decrypt(y, withoutMe, smudging))
        .isInstanceOf(DecryptionRefused.class)
        .hasMessageContaining("party 1 is not in it");
  }

  @Test
  void afterTauDecryptionsTheKeyIsExhausted() throws IOException {
    decryptor.decrypt(x, set, smudging);
    decryptor.decrypt(committee.encrypt(values), set, smudging);
    assertThat(log.remaining()).isZero();
    CkksCiphertext third = committee.encrypt(values);
    assertThatThrownBy(() -> decryptor.decrypt(third, set, smudging))
        .isInstanceOf(DecryptionRefused.class)
        .hasMessageContaining("decryptions: 2 given (expected: at most 2 under this key)");
  }

  @Test
  void aTransparentCiphertextIsRefused() {
    RnsPolynomial zero = Residues.zero(committee.ring, x.polynomial(1).size());
    assertThatThrownBy(() -> with(x.polynomial(0), zero, x.level()))
        .isInstanceOf(TransparentCiphertext.class);
    // Not zero, but as telling: a constant, zero modulo one prime, a single monomial.
    RnsPolynomial constant = zero.copy();
    for (double[] row : constant.rows()) {
      Arrays.fill(row, 1 << 28);
    }
    RnsPolynomial holed = x.polynomial(1).copy();
    Arrays.fill(holed.row(3), 0);
    RnsPolynomial small = zero.copy();
    for (int i = 0; i < small.size(); i++) {
      for (int j = 0; j < committee.ring.degree(); j++) {
        small.row(i)[j] = j % 7 - 3;
      }
      committee.ring.kernel(i).forward(small.row(i));
    }
    for (RnsPolynomial c1 : List.of(constant, holed, small)) {
      CkksCiphertext forged = with(x.polynomial(0), c1, x.level());
      assertThatThrownBy(() -> decryptor.decrypt(forged, set, smudging))
          .isInstanceOf(DecryptionRefused.class)
          .hasMessageContaining("transparent");
    }
    assertThat(log.decryptions()).isZero();
  }

  @Test
  void whatIsNotTheAgreedResultIsRefused() {
    CkksCiphertext lower = evaluator.levelDrop(x, 2);
    assertThatThrownBy(() -> decryptor.decrypt(lower, set, smudging))
        .isInstanceOf(DecryptionRefused.class)
        .hasMessageContaining("not the result of that circuit");
    CkksCiphertext scaled =
        new CkksCiphertext(
            P,
            committee.publicKey.keyId(),
            List.of(x.polynomial(0), x.polynomial(1)),
            x.level(),
            x.scale() * 2);
    assertThatThrownBy(() -> decryptor.decrypt(scaled, set, smudging))
        .isInstanceOf(DecryptionRefused.class);
    CkksCiphertext foreign =
        new CkksCiphertext(
            P, new KeyId(1, 2), List.of(x.polynomial(0), x.polynomial(1)), x.level(), x.scale());
    assertThatThrownBy(() -> decryptor.decrypt(foreign, set, smudging))
        .isInstanceOf(DecryptionRefused.class)
        .hasMessageContaining("its own joint key");
    CkksCiphertext product = evaluator.multiply(x, x);
    assertThatThrownBy(() -> decryptor.decrypt(product, set, smudging))
        .isInstanceOf(DecryptionRefused.class)
        .hasMessageContaining("relinearize");
    Smudging weaker =
        Smudging.of(
            committee.session,
            new SmudgingPolicy(1, 30),
            TrackedErrorBound.fresh(committee.session, 1),
            25);
    assertThatThrownBy(() -> decryptor.decrypt(x, set, weaker))
        .isInstanceOf(DecryptionRefused.class)
        .hasMessageContaining("the policy of the key");
    assertThat(log.decryptions()).isZero();
  }

  @Test
  void sharesThatDoNotBelongTogetherAreRefused() throws IOException {
    List<PartialDecryption> ofX = partials(x, set);
    CkksCiphertext y = committee.encrypt(values);
    List<PartialDecryption> ofY = partials(y, set);
    List<PartialDecryption> mixed = List.of(ofX.get(0), ofX.get(1), ofY.get(2));
    assertThatThrownBy(() -> committee.combine(x, smudging, mixed))
        .isInstanceOf(CombinationFailed.class)
        .hasMessageContaining("share of party 4: of another ciphertext");
    List<PartialDecryption> twice = List.of(ofX.get(0), ofX.get(0), ofX.get(2));
    assertThatThrownBy(() -> committee.combine(x, smudging, twice))
        .isInstanceOf(CombinationFailed.class);
    assertThatThrownBy(() -> committee.combine(x, smudging, List.of()))
        .isInstanceOf(CombinationFailed.class);
    RnsPolynomial wrong = ofX.get(2).rows().copy();
    wrong.row(0)[5] += 1;
    List<PartialDecryption> corrupted =
        List.of(
            ofX.get(0),
            ofX.get(1),
            new PartialDecryption(
                committee.session,
                committee.publicKey.keyId(),
                4,
                set,
                x.level(),
                DecryptionRequest.ciphertextHash(committee.session, x),
                wrong));
    assertThatThrownBy(() -> committee.combine(x, smudging, corrupted))
        .isInstanceOf(CombinationFailed.class)
        .hasMessageContaining("not plausible")
        .hasMessageContaining("do not ask for other shares of the same ciphertext");
    assertThat(committee.combine(x, smudging, ofX).values()[0])
        .isBetween(values[0] - 0x1p-25, values[0] + 0x1p-25);
  }

  private List<PartialDecryption> partials(CkksCiphertext ciphertext, ActiveSet active)
      throws IOException {
    List<PartialDecryption> given = new ArrayList<>();
    Path logs = fresh();
    for (int party : active.parties()) {
      try (DecryptionLog own = committee.createLog(logs, party, POLICY)) {
        given.add(
            new PartialDecryptor(committee.shares.get(party - 1), own)
                .decrypt(ciphertext, active, smudging));
      }
    }
    return given;
  }

  /// Two parties that compute the agreed circuit themselves hold the same ciphertext, and nothing
  /// that an evaluator claims is needed.
  @Test
  void partiesThatComputeTheCircuitThemselvesAgree() throws IOException {
    var relinearizationKey = committee.relinearizationKey();
    CkksCiphertext[] own = new CkksCiphertext[2];
    for (int k = 0; k < 2; k++) {
      var evaluator = new CkksEvaluator(relinearizationKey);
      own[k] = evaluator.rescale(evaluator.relinearize(evaluator.multiply(evaluator.add(x, x), x)));
    }
    assertThat(DecryptionRequest.ciphertextHash(committee.session, own[0]))
        .isEqualTo(DecryptionRequest.ciphertextHash(committee.session, own[1]));
    var bound = TrackedErrorBound.fresh(committee.session, 1);
    Smudging squared =
        Smudging.of(
            committee.session, POLICY, bound.sumOf(2).times(bound).relinearize().rescale(), 25);
    List<PartialDecryption> given = new ArrayList<>();
    for (int party : set.parties()) {
      try (DecryptionLog each = committee.createLog(fresh(), party, POLICY)) {
        given.add(
            new PartialDecryptor(committee.shares.get(party - 1), each)
                .decrypt(own[party % 2], set, squared));
      }
    }
    double first = committee.combine(own[0], squared, given).values()[0];
    assertThat(first)
        .isBetween(2 * values[0] * values[0] - 0x1p-25, 2 * values[0] * values[0] + 0x1p-25);
  }

  /// The error in a share is what the formula says: `d_j - λ_j·c_1·S_j`, over many shares.
  /// Tolerance: five deviations √(2/n) of a variance.
  @Test
  void theSmudgingErrorHasTheVarianceOfTheFormula() throws IOException {
    var policy = new SmudgingPolicy(64, 40);
    var bound = TrackedErrorBound.fresh(committee.session, 1);
    Smudging wanted = Smudging.of(committee.session, policy, bound, 20);
    double formula = Math.sqrt(12.0 * 64) * Math.pow(2, 20) * bound.error();
    assertThat(wanted.sigma()).isBetween(formula, formula * 7 / 6);
    double sum = 0;
    int count = 0;
    SecretKeyShare share = committee.shares.getFirst();
    double[] coefficients = new double[P.degree()];
    var lift = new ai.cifer.homocryption.rns.RnsLift(committee.ring);
    try (DecryptionLog own = committee.createLog(fresh(), 1, policy)) {
      for (int k = 0; k < 64; k++) {
        CkksCiphertext y = committee.encrypt(values);
        RnsPolynomial error = new PartialDecryptor(share, own).decrypt(y, set, wanted).rows();
        RnsPolynomial exact = Residues.zero(committee.ring, error.size());
        WeightedShare.addProduct(share, set, y.polynomial(1), exact);
        for (int i = 0; i < error.size(); i++) {
          committee.ring.kernel(i).subtract(error.row(i), exact.row(i), error.row(i));
        }
        lift.lift(error, coefficients);
        for (double e : coefficients) {
          sum += e / formula * (e / formula);
          count++;
        }
      }
      assertThat(own.remaining()).isZero();
    }
    double expected = wanted.sigma() / formula * (wanted.sigma() / formula);
    assertThat(sum / count).isBetween(expected * 0.96, expected * 1.04);
    assertThat(sum / count).isGreaterThan(0.96);
  }

  /// Even where a log was rolled back, the same request gives the same error, and another request
  /// another one.
  @Test
  void theErrorDependsOnWhatIsAskedOnly() throws IOException {
    PartialDecryption first = decryptor.decrypt(x, set, smudging);
    PartialDecryption again = partials(x, set).getFirst();
    assertThat(again.rows().rows()).isDeepEqualTo(first.rows().rows());
    CkksCiphertext lower = evaluator.levelDrop(x, 1);
    var request =
        new DecryptionRequest(
            committee.session, DecryptionLog.Kind.DECRYPTION, x, set, smudging.sigma());
    var dropped =
        new DecryptionRequest(
            committee.session, DecryptionLog.Kind.DECRYPTION, lower, set, smudging.sigma());
    var otherSet =
        new DecryptionRequest(
            committee.session,
            DecryptionLog.Kind.DECRYPTION,
            x,
            ActiveSet.of(committee.session.committee(), 1, 2, 3),
            smudging.sigma());
    SecretKeyShare share = committee.shares.getFirst();
    assertThat(request.errorSeed(share, "smudging"))
        .isEqualTo(request.errorSeed(share, "smudging"))
        .isNotEqualTo(dropped.errorSeed(share, "smudging"))
        .isNotEqualTo(otherSet.errorSeed(share, "smudging"))
        .isNotEqualTo(request.errorSeed(share, "mask"))
        .isNotEqualTo(request.errorSeed(committee.shares.get(1), "smudging"));
    assertThat(dropped.request).isNotEqualTo(request.request);
    assertThat(dropped.identity).isEqualTo(request.identity);
  }

  /// Another session with the same parameters may have fewer parties, hence smaller errors.
  @Test
  void theSmudgingOfAnotherSessionIsRefused() {
    ThresholdSession fewer = TestCommittee.session(P, 2, 2);
    TrackedErrorBound smaller = TrackedErrorBound.fresh(fewer, 1);
    assertThatThrownBy(() -> Smudging.of(committee.session, POLICY, smaller, 20))
        .isInstanceOf(ThresholdException.ProtocolViolation.class);
    Smudging ofFewer = Smudging.of(fewer, POLICY, smaller, 20);
    assertThatThrownBy(() -> decryptor.decrypt(x, set, ofFewer))
        .isInstanceOf(ThresholdException.ProtocolViolation.class);
    assertThat(log.decryptions()).isZero();
  }

  /// Two ciphertexts that agree in `c_1` modulo the primes of level 0 have one identity, so the log
  /// gives one share. Where it was rolled back and gives both, their difference modulo a higher
  /// prime is `λ·S·(c_1 - c_1')` plus errors, or it would show S.
  @Test
  void aRolledBackLogDoesNotShowTheKeyShare() throws IOException {
    RnsPolynomial forged = x.polynomial(1).copy();
    int high = forged.size() - 1;
    committee.ring.kernel(high).add(forged.row(high), forged.row(high), forged.row(high));
    CkksCiphertext other = with(x.polynomial(0), forged, x.level());
    RnsPolynomial first = decryptor.decrypt(x, set, smudging).rows();
    assertThatThrownBy(() -> decryptor.decrypt(other, set, smudging))
        .isInstanceOf(DecryptionRefused.class);
    RnsPolynomial second = partials(other, set).getFirst().rows();

    RnsPolynomial noiseless = Residues.zero(committee.ring, forged.size());
    WeightedShare.addProduct(committee.shares.getFirst(), set, x.polynomial(1), noiseless);
    double[] difference = new double[P.degree()];
    committee.ring.kernel(high).subtract(second.row(high), first.row(high), difference);
    assertThat(difference).isNotEqualTo(noiseless.row(high));
    assertThat(second.row(0)).isNotEqualTo(first.row(0));
  }
}
