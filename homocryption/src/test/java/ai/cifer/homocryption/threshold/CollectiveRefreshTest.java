package ai.cifer.homocryption.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.rns.RnsLift;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.threshold.ThresholdException.CombinationFailed;
import ai.cifer.homocryption.threshold.ThresholdException.DecryptionRefused;
import ai.cifer.homocryption.threshold.ThresholdException.PrecisionExhausted;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectiveRefreshTest {
  private static final CkksParameters P = InsecureParameters.composite(10);
  private static final SmudgingPolicy POLICY = new SmudgingPolicy(1, 30);

  @TempDir Path folder;
  private TestCommittee committee;
  private CkksEvaluator evaluator;
  private double[] values;
  private CkksCiphertext low;
  private TrackedErrorBound bound;
  private CollectiveRefresh refresh;
  private ActiveSet set;

  @BeforeEach
  void make() {
    committee = TestCommittee.of(P, 3, 2);
    evaluator = new CkksEvaluator(committee.relinearizationKey());
    values = committee.vector(j -> Math.sin(j + 2));
    low = evaluator.levelDrop(committee.encrypt(values), 1);
    bound = TrackedErrorBound.fresh(committee.session, 1).levelDrop(1);
    refresh = new CollectiveRefresh(committee.session, committee.publicKey, 80);
    set = ActiveSet.of(committee.session.committee(), 1, 3);
  }

  @AfterEach
  void close() {
    committee.close();
  }

  private List<RefreshShare> shares(CkksCiphertext ciphertext) throws IOException {
    List<RefreshShare> shares = new ArrayList<>();
    Path logs = Files.createTempDirectory(folder, "logs");
    for (int party : set.parties()) {
      try (DecryptionLog log = committee.createLog(logs, party, POLICY)) {
        shares.add(refresh.share(committee.shares.get(party - 1), log, ciphertext, set, bound));
      }
    }
    return shares;
  }

  @Test
  void restoresTheTopLevelWithinItsError() throws IOException {
    CkksCiphertext fresh = refresh.aggregate(low, shares(low));
    assertThat(fresh.level()).isEqualTo(P.depth());
    assertThat(fresh.scale()).isEqualTo(low.scale());
    RnsPolynomial before = Phases.phase(committee, low);
    RnsPolynomial after = Phases.phase(committee, fresh).truncated(before.size());
    for (int i = 0; i < before.size(); i++) {
      committee.ring.kernel(i).subtract(after.row(i), before.row(i), before.row(i));
    }
    double[] added = new double[P.degree()];
    new RnsLift(committee.ring).lift(before, added);
    double sum = 0;
    for (double e : added) {
      assertThat(Math.abs(e)).isLessThan(2 * 40);
      sum += e * e;
    }
    // t = 2 errors of 3.19; five deviations √(2/n) of the variance.
    double expected = 2 * 3.19 * 3.19;
    double slack = 5 * Math.sqrt(2.0 / added.length);
    assertThat(sum / added.length / expected).isBetween(1 - slack, 1 + slack);
    assertThat(bound.refresh().error()).isGreaterThan(bound.error());
  }

  @Test
  void theRefreshedCiphertextCanBeMultipliedToTheBottom() throws IOException {
    CkksCiphertext y = refresh.aggregate(low, shares(low));
    double power = 1;
    for (int level = P.depth(); level > 0; level--) {
      y = evaluator.rescale(evaluator.relinearize(evaluator.multiply(y, y)));
      power *= 2;
    }
    double[] slots = Phases.slots(committee, y);
    for (int j = 0; j < slots.length; j++) {
      assertThat(slots[j])
          .isBetween(Math.pow(values[j], power) - 1e-9, Math.pow(values[j], power) + 1e-9);
    }
  }

  /// What the evaluator opens is the message minus masks: uniform to 64 cells of its range.
  @Test
  void theOpenedValueIsHidden() throws IOException {
    List<RefreshShare> shares = shares(low);
    RnsPolynomial opened = low.polynomial(0).copy();
    shares.forEach(share -> Residues.addInto(committee.ring, share.masked(), opened));
    double[] coefficients = new double[P.degree()];
    new RnsLift(committee.ring).lift(opened, coefficients);
    double largest = 0;
    for (double c : coefficients) {
      largest = Math.max(largest, Math.abs(c));
    }
    // Masks have 80 bits more than the message of 2^80, and two of them are added.
    assertThat(TrackedErrorBound.log2(largest)).isBetween(158.0, 162.0);
  }

  /// Lattigo's rule with the bound on the message: 2^λ·Δ·parties ≤ Q_l.
  @Test
  void theMinimumLevelFollowsTheRule() {
    for (int lambda : new int[] {40, 80, 100, 128}) {
      var with = new CollectiveRefresh(committee.session, committee.publicKey, lambda);
      int bits =
          lambda + (int) Math.ceil(TrackedErrorBound.log2(bound.magnitude() + bound.error()));
      int level = with.minimumLevel(bound);
      BigInteger needed = BigInteger.TWO.shiftLeft(bits);
      assertThat(P.modulus(level)).isGreaterThanOrEqualTo(needed);
      if (level > 0) {
        assertThat(P.modulus(level - 1)).isLessThan(needed.add(BigInteger.ONE.shiftLeft(90)));
      }
    }
    assertThat(refresh.minimumLevel(bound)).isEqualTo(1);
    TrackedErrorBound huge = bound.timesInteger(1L << 40).times(bound.timesInteger(1L << 40));
    var most = new CollectiveRefresh(committee.session, committee.publicKey, 128);
    assertThatThrownBy(() -> most.minimumLevel(huge.times(huge)))
        .isInstanceOf(PrecisionExhausted.class)
        .hasMessageContaining("use parameters of more depth");
    for (int wrong : new int[] {39, 129}) {
      assertThatThrownBy(() -> new CollectiveRefresh(committee.session, committee.publicKey, wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aLevelThatIsTooLowIsRefused() throws IOException {
    CkksCiphertext lowest = evaluator.levelDrop(low, 0);
    SecretKeyShare share = committee.shares.getFirst();
    try (DecryptionLog log = committee.createLog(folder, 1, POLICY)) {
      assertThatThrownBy(() -> refresh.share(share, log, lowest, set, bound.levelDrop(0)))
          .isInstanceOf(PrecisionExhausted.class)
          .hasMessageContaining("level: 0 (expected: at least 1")
          .hasMessageContaining("refresh earlier");
    }
  }

  @Test
  void aCiphertextIsRefreshedOnceAndNeverBothRefreshedAndDecrypted() throws IOException {
    SecretKeyShare share = committee.shares.getFirst();
    try (DecryptionLog log = committee.createLog(folder, 1, POLICY)) {
      RefreshShare first = refresh.share(share, log, low, set, bound);
      assertThatThrownBy(() -> refresh.share(share, log, low, set, bound))
          .isInstanceOf(DecryptionRefused.class);
      RefreshShare again = refresh.resend(share, log, low, set, bound);
      assertThat(again.masked().rows()).isDeepEqualTo(first.masked().rows());
      assertThat(again.encrypted().rows()).isDeepEqualTo(first.encrypted().rows());
      Smudging smudging = Smudging.of(committee.session, POLICY, bound, 20);
      var decryptor = new PartialDecryptor(share, log);
      assertThatThrownBy(() -> decryptor.decrypt(low, set, smudging))
          .isInstanceOf(DecryptionRefused.class)
          .hasMessageContaining("already has a share");
      assertThatThrownBy(() -> decryptor.resend(low, set, smudging))
          .isInstanceOf(DecryptionRefused.class);
      // τ counts decryptions only.
      assertThat(log.remaining()).isEqualTo(1);
      decryptor.decrypt(evaluator.levelDrop(committee.encrypt(values), 1), set, smudging);
      assertThat(log.remaining()).isZero();
    }
  }

  @Test
  void sharesMustBelongTogether() throws IOException {
    CkksCiphertext other = evaluator.levelDrop(committee.encrypt(values), 1);
    List<RefreshShare> ofLow = shares(low);
    List<RefreshShare> ofOther = shares(other);
    for (List<RefreshShare> wrong :
        List.of(
            List.of(ofLow.get(0), ofOther.get(1)),
            List.of(ofLow.get(0), ofLow.get(0)),
            List.of(ofLow.get(0)),
            List.<RefreshShare>of())) {
      assertThatThrownBy(() -> refresh.aggregate(low, wrong)).isInstanceOf(CombinationFailed.class);
    }
  }
}
