package ai.cifer.homocryption.ckks;

import java.util.Arrays;

/// A real polynomial for [CkksEvaluator#evaluate], in powers `Σ c_k·x^k` or, numerically far better
/// above degree 10 or so, in Chebyshev polynomials `Σ c_k·T_k(t)`, where t maps an interval to [-1,
/// 1]. Immutable.
public final class CkksPolynomial {
  private final double[] coefficients;
  private final boolean chebyshev;
  private final double from;
  private final double to;

  private CkksPolynomial(double[] coefficients, boolean chebyshev, double from, double to) {
    int length = coefficients.length;
    while (length > 1 && coefficients[length - 1] == 0) {
      length--;
    }
    Require.range("degree", length - 1, 1, 1 << 16);
    this.coefficients = Arrays.copyOf(coefficients, length);
    for (double c : this.coefficients) {
      if (!Double.isFinite(c)) {
        throw new ValueOutOfRange("coefficient: not finite (expected: a finite number)");
      }
    }
    this.chebyshev = chebyshev;
    this.from = from;
    this.to = to;
  }

  /// `c_0 + c_1·x + c_2·x² + …`.
  ///
  /// @param coefficients from the constant up, of degree at least 1; copied
  public static CkksPolynomial power(double... coefficients) {
    return new CkksPolynomial(coefficients, false, -1, 1);
  }

  /// `c_0 + c_1·T_1(t) + c_2·T_2(t) + …`, `t = (2x - from - to)/(to - from)`.
  ///
  /// @param from start of the interval that x lies in
  /// @param to end of the interval
  /// @param coefficients from the constant up, of degree at least 1; copied
  public static CkksPolynomial chebyshev(double from, double to, double... coefficients) {
    if (!(from < to) || !Double.isFinite(to - from)) {
      throw new IllegalArgumentException(
          "interval: [" + from + ", " + to + "] (expected: a finite one, from below to)");
    }
    return new CkksPolynomial(coefficients, true, from, to);
  }

  /// The Chebyshev interpolation of a function, as near to the best approximation of its degree as
  /// a factor of about `2 + (2/π)·ln(degree + 1)`.
  ///
  /// `c_k = (2 - [k = 0])/(n + 1) · Σ_j f(x_j)·cos(kπ(j + 1/2)/(n + 1))` over the n + 1 roots of
  /// `T_{n+1}`.
  ///
  /// @param degree n, at least 1
  public static CkksPolynomial approximate(
      java.util.function.DoubleUnaryOperator function, double from, double to, int degree) {
    Require.range("degree", degree, 1, 1 << 16);
    int nodes = degree + 1;
    double[] values = new double[nodes];
    for (int j = 0; j < nodes; j++) {
      double t = Math.cos(Math.PI * (j + 0.5) / nodes);
      values[j] = function.applyAsDouble((from + to + t * (to - from)) / 2);
    }
    double[] coefficients = new double[nodes];
    for (int k = 0; k < nodes; k++) {
      double sum = 0;
      for (int j = 0; j < nodes; j++) {
        sum += values[j] * Math.cos(Math.PI * k * (j + 0.5) / nodes);
      }
      coefficients[k] = (k == 0 ? 1 : 2) * sum / nodes;
    }
    return chebyshev(from, to, coefficients);
  }

  /// At least 1.
  public int degree() {
    return coefficients.length - 1;
  }

  /// Levels that an evaluation takes: `⌈log2(degree + 1)⌉`, and one more for a Chebyshev interval
  /// other than [-1, 1].
  public int depth() {
    return depthOfDegree(degree()) + (changesVariable() ? 1 : 0);
  }

  static int depthOfDegree(int degree) {
    return 32 - Integer.numberOfLeadingZeros(degree);
  }

  boolean isChebyshev() {
    return chebyshev;
  }

  boolean changesVariable() {
    return chebyshev && !(from == -1 && to == 1);
  }

  double from() {
    return from;
  }

  double to() {
    return to;
  }

  double[] coefficients() {
    return coefficients.clone();
  }

  /// The value in plain doubles, for comparison.
  public double at(double x) {
    if (!chebyshev) {
      double value = 0;
      for (int k = coefficients.length - 1; k >= 0; k--) {
        value = Math.fma(value, x, coefficients[k]);
      }
      return value;
    }
    double t = (2 * x - from - to) / (to - from);
    double next = 0;
    double current = 0;
    for (int k = coefficients.length - 1; k > 0; k--) {
      double previous = 2 * t * current - next + coefficients[k];
      next = current;
      current = previous;
    }
    return t * current - next + coefficients[0];
  }

  @Override
  public String toString() {
    return "CkksPolynomial(degree "
        + degree()
        + (chebyshev ? ", Chebyshev on [" + from + ", " + to + "])" : ", powers)");
  }
}
