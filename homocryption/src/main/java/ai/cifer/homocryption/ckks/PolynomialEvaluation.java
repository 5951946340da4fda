package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.rns.RnsArithmetic;
import ai.cifer.homocryption.rns.RnsPolynomial;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One evaluation of a polynomial by Paterson and Stockmeyer's method with minimal depth and exact
/// scales.
///
/// `p = q·x^n + r` with the largest power of two `n ≤ deg p`, recursively. Every part is told the
/// level and the scale that its result must have:
///
/// - the quotient q at one level above, with `scale·D/scale(x^n)`, so that the rescaled product has
///   exactly the wanted scale; the remainder r at the wanted level and scale;
/// - a part is a leaf if all powers that it needs stand at least one level above its own: then it
///   is one sum `Σ c_k·x^k` with each `c_k` encoded at `scale·D/scale(x^k)`, and one rescaling. On
///   the critical path that is degree 1, elsewhere the degree of the baby steps.
///
/// So the depth is `⌈log2(degree + 1)⌉` and about `2·sqrt(degree) + log2(degree)` ciphertexts are
/// multiplied.
///
/// In the Chebyshev basis `T_{a+b} = 2·T_a·T_b - T_{|a-b|}` takes the place of `x^a·x^b`, in the
/// powers as in the division.
///
/// Error: that of a times the derivative, `|p'(x)|·err(a)`, and for each product the errors of
/// rescaling and relinearization, times the factors that follow it (at most `Σ|c_k|` where `|x| ≤
/// 1`).
///
/// [1] Paterson, Stockmeyer, On the number of nonscalar multiplications necessary to evaluate
/// polynomials. [2] Bossuat et al., <https://eprint.iacr.org/2020/1203>, section 5.
final class PolynomialEvaluation {
  private final CkksEvaluator evaluator;
  private final RnsArithmetic arithmetic;
  private final CkksParameters parameters;
  private final CkksPolynomial polynomial;
  private final int babySteps;
  private final int depth;
  private final Map<Integer, CkksCiphertext> powers = new HashMap<>();

  PolynomialEvaluation(CkksEvaluator evaluator, CkksCiphertext a, CkksPolynomial polynomial) {
    this.evaluator = evaluator;
    this.arithmetic = evaluator.arithmetic();
    this.parameters = evaluator.parameters();
    this.polynomial = polynomial;
    this.depth = CkksPolynomial.depthOfDegree(polynomial.degree());
    this.babySteps = 1 << ((depth + 1) / 2);
    powers.put(1, polynomial.changesVariable() ? changeVariable(a) : a);
  }

  /// `t = (2x - from - to)/(to - from)`.
  private CkksCiphertext changeVariable(CkksCiphertext a) {
    double width = polynomial.to() - polynomial.from();
    CkksCiphertext scaled = evaluator.rescale(evaluator.multiply(a, 2 / width));
    double shift = -(polynomial.from() + polynomial.to()) / width;
    return shift == 0 ? scaled : evaluator.add(scaled, shift);
  }

  CkksCiphertext evaluate() {
    int level = power(1).level() - depth;
    CkksCiphertext result = part(polynomial.coefficients(), level, parameters.scale(level));
    if (result == null) {
      throw new IllegalStateException("polynomial: constant (expected: degree 1 or more)");
    }
    return result;
  }

  /// `x^k` or `T_k`, at depth `⌈log2 k⌉`.
  private CkksCiphertext power(int k) {
    CkksCiphertext known = powers.get(k);
    if (known != null) {
      return known;
    }
    int a = (k + 1) / 2;
    int b = k / 2;
    CkksCiphertext product = product(power(a), power(b));
    if (polynomial.isChebyshev()) {
      product = evaluator.add(product, product);
      product =
          a == b
              ? evaluator.add(product, -1)
              : evaluator.subtract(product, evaluator.matchTo(power(1), product));
    }
    powers.put(k, product);
    return product;
  }

  private CkksCiphertext product(CkksCiphertext a, CkksCiphertext b) {
    return evaluator.rescale(evaluator.relinearize(evaluator.multiply(a, b)));
  }

  /// The value of a part without its constant if it has no other term.
  ///
  /// @return at `level` and `scale`; null if all coefficients but the constant are zero
  private @Nullable CkksCiphertext part(double[] c, int level, double scale) {
    int degree = degree(c);
    if (degree == 0) {
      return null;
    }
    if (isLeaf(c, degree, level)) {
      return leaf(c, degree, level, scale);
    }
    int n = Integer.highestOneBit(degree);
    double[] quotient = quotient(c, degree, n);
    double[] remainder = remainder(c, degree, n);
    CkksCiphertext giant = power(n);
    double quotientScale = scale * parameters.rescaleDivisor(level + 1) / giant.scale();
    CkksCiphertext q = part(quotient, level + 1, quotientScale);
    CkksCiphertext sum = part(remainder, level, scale);
    if (q == null) {
      double[] single = new double[n + 1];
      single[n] = quotient[0];
      single[0] = sum == null ? remainder[0] : 0;
      CkksCiphertext term = leaf(single, n, level, scale);
      return sum == null ? term : evaluator.add(term, sum);
    }
    CkksCiphertext product = product(q, giant);
    return sum == null
        ? remainder[0] == 0 ? product : evaluator.add(product, remainder[0])
        : evaluator.add(product, sum);
  }

  private static int degree(double[] c) {
    int degree = c.length - 1;
    while (degree > 0 && c[degree] == 0) {
      degree--;
    }
    return degree;
  }

  private boolean isLeaf(double[] c, int degree, int level) {
    if (degree >= babySteps && degree != 1) {
      return false;
    }
    int top = power(1).level();
    for (int k = 1; k <= degree; k++) {
      if (c[k] != 0 && top - CkksPolynomial.depthOfDegree(k - 1) < level + 1) {
        return false;
      }
    }
    return true;
  }

  /// `Σ c_k·x^k`, rescaled to the wanted level and scale.
  private CkksCiphertext leaf(double[] c, int degree, int level, double scale) {
    int primes = parameters.primes(level + 1);
    double sumScale = scale * parameters.rescaleDivisor(level + 1);
    RnsPolynomial[] sums = new RnsPolynomial[2];
    for (int k = 1; k <= degree; k++) {
      if (c[k] == 0) {
        continue;
      }
      CkksCiphertext x = power(k);
      BigInteger factor = Scaled.integer(c[k], sumScale / x.scale());
      for (int i = 0; i < 2; i++) {
        if (sums[i] == null) {
          sums[i] = arithmetic.multiply(x.polynomial(i), factor, primes);
        } else {
          arithmetic.multiplyAddInto(x.polynomial(i), factor, sums[i]);
        }
      }
    }
    CkksCiphertext sum =
        new CkksCiphertext(
            parameters, power(1).keyId(), List.of(sums[0], sums[1]), level + 1, sumScale);
    CkksCiphertext result = evaluator.rescale(sum);
    return c[0] == 0 ? result : evaluator.add(result, c[0]);
  }

  /// `c = quotient·x^n + remainder`, or with `T_n` in place of `x^n`.
  private double[] quotient(double[] c, int degree, int n) {
    double[] quotient = Arrays.copyOfRange(c, n, degree + 1);
    if (polynomial.isChebyshev()) {
      for (int j = 1; j < quotient.length; j++) {
        quotient[j] *= 2;
      }
    }
    return quotient;
  }

  private double[] remainder(double[] c, int degree, int n) {
    double[] remainder = Arrays.copyOf(c, n);
    if (polynomial.isChebyshev()) {
      for (int j = 1; n + j <= degree; j++) {
        remainder[n - j] -= c[n + j];
      }
    }
    return remainder;
  }
}
