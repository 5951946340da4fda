package ai.cifer.homocryption.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksEncryptor;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPlaintext;
import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.rns.RnsPolynomial;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The measured errors lie below the static bounds, and not absurdly far below. Errors are taken
/// against the same circuit on the encoded plaintexts, modulo Q, so that nothing of the encoder is
/// in them.
class TrackedErrorBoundPrecisionTest {
  private static final CkksParameters P = InsecureParameters.composite(10);
  private static TestCommittee committee;
  private static CkksEvaluator evaluator;
  private static CkksPlaintext plaintext;
  private static CkksCiphertext x;
  private static TrackedErrorBound bound;

  @BeforeAll
  static void make() {
    committee = TestCommittee.of(P, 5, 3);
    evaluator = new CkksEvaluator(committee.relinearizationKey(), committee.galoisKeys(false, 3));
    plaintext = new CkksEncoder(P).encode(committee.vector(j -> Math.sin(7 * j)));
    x = new CkksEncryptor(committee.publicKey, TestCommittee.RANDOM).encrypt(plaintext);
    bound = TrackedErrorBound.fresh(committee.session, 1);
  }

  @AfterAll
  static void close() {
    committee.close();
  }

  /// The largest magnitude of the error in a slot, in units of coefficients: the canonical norm.
  private static double canonical(RnsPolynomial error) {
    var decoded =
        new CkksEncoder(P).decodeComplex(new CkksPlaintext(P, error, level(error.size()), 1));
    double largest = 0;
    for (int j = 0; j < decoded.real().length; j++) {
      largest = Math.max(largest, Math.hypot(decoded.real()[j], decoded.imaginary()[j]));
    }
    return largest;
  }

  private static int level(int primes) {
    for (int level = 0; ; level++) {
      if (P.primes(level) == primes) {
        return level;
      }
    }
  }

  private static RnsPolynomial minus(RnsPolynomial a, RnsPolynomial b) {
    RnsPolynomial difference = a.copy();
    for (int i = 0; i < a.size(); i++) {
      committee.ring.kernel(i).subtract(a.row(i), b.row(i), difference.row(i));
    }
    return difference;
  }

  private static void requireBetween(double error, double most, double slack) {
    assertThat(error).isLessThan(most);
    assertThat(error).as("bound %s is not absurd", most).isGreaterThan(most / slack);
  }

  @Test
  void aFreshCiphertext() {
    RnsPolynomial error = minus(Phases.phase(committee, x), plaintext.polynomial());
    requireBetween(canonical(error), bound.error(), 0x1p7);
  }

  @Test
  void sumsDifferencesAndIntegers() {
    RnsPolynomial fresh = minus(Phases.phase(committee, x), plaintext.polynomial());
    CkksCiphertext five = evaluator.multiplyInteger(x, 5);
    RnsPolynomial error = Phases.phase(committee, five);
    for (int k = 0; k < 5; k++) {
      error = minus(error, plaintext.polynomial());
    }
    requireBetween(canonical(error), bound.timesInteger(-5).error(), 0x1p7);
    assertThat(canonical(error)).isBetween(4.99 * canonical(fresh), 5.01 * canonical(fresh));
    assertThat(bound.sumOf(5).error()).isEqualTo(bound.timesInteger(5).error());
    assertThat(bound.plus(bound).magnitude()).isEqualTo(2 * bound.magnitude());
    assertThat(bound.plusPlain(3).error()).isEqualTo(bound.error());
    assertThat(bound.plusPlain(3).magnitude()).isGreaterThan(4 * P.scale());
  }

  @Test
  void aProductBeforeAndAfterRelinearization() {
    RnsPolynomial exact = plaintext.polynomial().copy();
    for (int i = 0; i < exact.size(); i++) {
      committee.ring.kernel(i).multiply(exact.row(i), exact.row(i), exact.row(i));
    }
    CkksCiphertext relinearized = evaluator.relinearize(evaluator.multiply(x, x));
    RnsPolynomial error = minus(Phases.phase(committee, relinearized), exact);
    requireBetween(canonical(error), bound.times(bound).relinearize().error(), 0x1p12);
  }

  /// Relinearization alone: of a product whose error is known to be far smaller.
  @Test
  void relinearizationAddsWhatItsBoundSays() {
    CkksCiphertext product = evaluator.multiply(x, x);
    RnsPolynomial before = Phases.phase(committee, product);
    RnsPolynomial square = Residues.zero(committee.ring, before.size());
    for (int i = 0; i < before.size(); i++) {
      var kernel = committee.ring.kernel(i);
      double[] s = committee.jointSecret.row(i);
      kernel.multiply(product.polynomial(2).row(i), s, square.row(i));
      kernel.multiplyAdd(square.row(i), s, before.row(i));
    }
    RnsPolynomial after = Phases.phase(committee, evaluator.relinearize(product));
    double added = canonical(minus(after, before));
    requireBetween(added, bound.times(bound).relinearizationError(), 0x1p7);
  }

  @Test
  void rotationAddsWhatItsBoundSays() {
    RnsPolynomial before =
        committee.ring.automorphism(
            Phases.phase(committee, x),
            ai.cifer.homocryption.ckks.GaloisKeys.element(P, 3),
            ai.cifer.homocryption.rns.Rows.SEQUENTIAL);
    RnsPolynomial after = Phases.phase(committee, evaluator.rotate(x, 3));
    requireBetween(canonical(minus(after, before)), bound.rotationError(), 0x1p7);
  }

  @Test
  void rescalingAddsWhatItsBoundSays() {
    // Multiplied by the divisor, so that the exact quotient is known.
    CkksCiphertext scaled = x;
    for (int i = P.primes(P.depth() - 1); i < P.primes(P.depth()); i++) {
      scaled = evaluator.multiplyInteger(scaled, P.prime(i));
    }
    CkksCiphertext noisy = evaluator.add(scaled, evaluator.multiplyInteger(x, 3));
    CkksCiphertext back =
        evaluator.rescale(
            new CkksCiphertext(
                P,
                x.keyId(),
                java.util.List.of(noisy.polynomial(0), noisy.polynomial(1)),
                x.level(),
                x.scale() * P.rescaleDivisor(P.depth())));
    RnsPolynomial exact = Phases.phase(committee, x).truncated(back.polynomial(0).size());
    double added = canonical(minus(Phases.phase(committee, back), exact));
    double allowed =
        bound.times(1).rescale().error() - bound.times(1).error() / P.rescaleDivisor(P.depth());
    requireBetween(added, allowed + 4, 0x1p8);
  }

  @Test
  void levelsAndScalesFollowTheEvaluator() {
    CkksCiphertext y = evaluator.rescale(evaluator.multiply(x, 0.25));
    TrackedErrorBound tracked = bound.times(0.25).rescale();
    assertThat(tracked.level()).isEqualTo(y.level());
    assertThat(tracked.scale() / y.scale()).isBetween(1 - 0x1p-40, 1 + 0x1p-40);
    CkksCiphertext z = evaluator.rescale(evaluator.relinearize(evaluator.multiply(y, y)));
    TrackedErrorBound squared = tracked.times(tracked).relinearize().rescale();
    assertThat(squared.level()).isEqualTo(z.level());
    assertThat(squared.scale() / z.scale()).isBetween(1 - 0x1p-40, 1 + 0x1p-40);
    assertThat(squared.magnitude() / squared.scale()).isBetween(0.0625, 0.0626);
  }

  @Test
  void matchingFollowsTheEvaluator() {
    CkksCiphertext y = evaluator.rescale(evaluator.multiply(x, 0.5));
    TrackedErrorBound half = bound.times(0.5).rescale();
    CkksCiphertext matched = evaluator.matchTo(x, y);
    TrackedErrorBound tracked = bound.matchTo(half.level(), half.scale());
    assertThat(tracked.level()).isEqualTo(matched.level());
    assertThat(tracked.scale()).isEqualTo(half.scale());
    RnsPolynomial wanted =
        new CkksEncoder(P)
            .encode(committee.vector(j -> Math.sin(7 * j)), matched.level(), matched.scale())
            .polynomial();
    double error = canonical(minus(Phases.phase(committee, matched), wanted));
    assertThat(error).isLessThan(tracked.error() + 2 * tracked.approximation());
    assertThat(tracked.plus(half).magnitude() / tracked.scale()).isBetween(1.5, 1.51);
  }

  @Test
  void misuseIsRefused() {
    assertThatThrownBy(() -> TrackedErrorBound.fresh(committee.session, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bound.times(bound).rescale())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("relinearized before it is rescaled");
    assertThatThrownBy(() -> bound.levelDrop(0).rescale())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bound.plus(bound.times(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("scales");
    assertThatThrownBy(() -> bound.levelDrop(9)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bound.sumOf(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
