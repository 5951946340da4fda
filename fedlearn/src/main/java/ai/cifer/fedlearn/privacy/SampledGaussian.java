package ai.cifer.fedlearn.privacy;

/// The Rényi divergence of one round in which each client counts with probability q and the sum
/// gets Gaussian noise of deviation s, what one client can change being 1 [1, section 3.3].
///
/// ```
/// divergence = log(A) / (order - 1)
/// A = sum over i of binom(order, i) * (1-q)^(order-i) * q^i * exp((i^2 - i) / 2s^2)       whole orders
/// ```
///
/// For other orders A is the sum of two series, one on each side of `z0 = s^2 log(1/q - 1) + 1/2`,
/// where both densities are equal. Their terms are added up without their signs, as dp-accounting
/// does: an upper bound, and nothing is lost by cancellation.
///
/// @see <a href="https://arxiv.org/abs/1908.10530">[1] Mironov, Talwar, Zhang, 2019</a>
final class SampledGaussian {

  /// Of a series that converges slowly, at orders near 1; they are not the best ones then.
  private static final int MOST_TERMS = 1000;

  /// Terms below `exp(-30)` of the sum do not count.
  private static final double NEGLIGIBLE = -30;

  /// From here on the continued fraction is exact to float64 within its terms.
  private static final double TAIL = 2;

  private static final int TAIL_TERMS = 120;

  private SampledGaussian() {}

  /// The divergence, or infinity where its series does not converge.
  static double divergence(double deviation, double sampling, double order) {
    if (sampling == 1) {
      return order / (2 * deviation * deviation);
    }
    boolean whole = order == Math.rint(order);
    double log =
        whole ? whole(deviation, sampling, (int) order) : fractional(deviation, sampling, order);
    return log / (order - 1);
  }

  private static double whole(double deviation, double sampling, int order) {
    double sum = Double.NEGATIVE_INFINITY;
    double binomial = 0;
    for (int i = 0; i <= order; i++) {
      double term =
          binomial
              + i * Math.log(sampling)
              + (order - i) * Math.log1p(-sampling)
              + exponent(i, deviation);
      sum = plus(sum, term);
      binomial += Math.log((double) (order - i) / (i + 1));
    }
    return sum;
  }

  private static double fractional(double deviation, double sampling, double order) {
    double logIn = Math.log(sampling);
    double logOut = Math.log1p(-sampling);
    double middle = deviation * deviation * (logOut - logIn) + 0.5;
    double root = Math.sqrt(2) * deviation;
    double binomial = 0;
    double sum = Double.NEGATIVE_INFINITY;
    double lastLeft = sum;
    double lastRight = sum;
    for (int i = 0; i < MOST_TERMS; i++) {
      double rest = order - i;
      double size = binomial - Math.log(2);
      double left =
          size + i * logIn + rest * logOut + exponent(i, deviation) + logErfc((i - middle) / root);
      double right =
          size
              + rest * logIn
              + i * logOut
              + exponent(rest, deviation)
              + logErfc((middle - rest) / root);
      sum = plus(plus(sum, left), right);
      if (left < lastLeft && right < lastRight && Math.max(left, right) < sum + NEGLIGIBLE) {
        return sum;
      }
      lastLeft = left;
      lastRight = right;
      binomial += Math.log(Math.abs(rest) / (i + 1));
    }
    return Double.POSITIVE_INFINITY;
  }

  private static double exponent(double i, double deviation) {
    return (i * i - i) / (2 * deviation * deviation);
  }

  /// `log(exp(a) + exp(b))`.
  private static double plus(double a, double b) {
    double most = Math.max(a, b);
    return most == Double.NEGATIVE_INFINITY
        ? most
        : most + Math.log1p(Math.exp(Math.min(a, b) - most));
  }

  /// The logarithm of the complementary error function: its series near 0, its continued fraction
  /// in the tail, where the function itself is too small for a float64.
  static double logErfc(double x) {
    if (x < 0) {
      return Math.log(2 - Math.exp(logErfc(-x)));
    }
    if (x < TAIL) {
      double term = x;
      double sum = x;
      for (int n = 1; term > sum * 1e-18; n++) {
        term *= 2 * x * x / (2 * n + 1);
        sum += term;
      }
      return Math.log1p(-2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum);
    }
    double fraction = x;
    for (int n = TAIL_TERMS; n > 0; n--) {
      fraction = x + n / 2.0 / fraction;
    }
    return -x * x - Math.log(fraction) - Math.log(Math.PI) / 2;
  }
}
