package ai.cifer.training.data;

import java.util.random.RandomGenerator;

/// Draws proportions from the symmetric Dirichlet distribution.
///
/// `p_i = g_i / sum(g)` with `g_i` from `Gamma(alpha, 1)` by Marsaglia and Tsang's squeeze [1]; for
/// `alpha < 1` by `Gamma(alpha) = Gamma(alpha + 1) * U^(1 / alpha)`. The `g_i` are kept as
/// logarithms: for a small `alpha` they underflow together and `sum(g)` would be zero. Only
/// StrictMath and uniform doubles are used, so a seed gives the same draw on every machine.
///
/// @see <a href="https://doi.org/10.1145/358407.358414">[1] A Simple Method for Generating Gamma
///   Variables</a>
final class Dirichlet {

  private Dirichlet() {}

  /// @param alpha > 0; the smaller, the more unequal the proportions
  /// @return `count` proportions >= 0 with sum 1
  static double[] draw(int count, double alpha, RandomGenerator random) {
    double[] logs = new double[count];
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      logs[i] = logGamma(alpha, random);
      largest = Math.max(largest, logs[i]);
    }
    double sum = 0;
    double[] proportions = new double[count];
    for (int i = 0; i < count; i++) {
      proportions[i] = StrictMath.exp(logs[i] - largest);
      sum += proportions[i];
    }
    for (int i = 0; i < count; i++) {
      proportions[i] /= sum;
    }
    return proportions;
  }

  /// The logarithm of a draw from `Gamma(shape, 1)`.
  static double logGamma(double shape, RandomGenerator random) {
    if (shape < 1) {
      return logGamma(shape + 1, random) + StrictMath.log(positive(random)) / shape;
    }
    double d = shape - 1.0 / 3;
    double c = 1 / StrictMath.sqrt(9 * d);
    while (true) {
      double x = normal(random);
      double v = 1 + c * x;
      if (v > 0) {
        double cube = v * v * v;
        double bound = 0.5 * x * x + d - d * cube + d * StrictMath.log(cube);
        if (StrictMath.log(positive(random)) < bound) {
          return StrictMath.log(d) + StrictMath.log(cube);
        }
      }
    }
  }

  /// Box and Muller's transform; `RandomGenerator.nextGaussian` may change between Java versions.
  private static double normal(RandomGenerator random) {
    return StrictMath.sqrt(-2 * StrictMath.log(positive(random)))
        * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
  }

  /// Uniform in `(0, 1]`.
  private static double positive(RandomGenerator random) {
    return 1 - random.nextDouble();
  }
}
