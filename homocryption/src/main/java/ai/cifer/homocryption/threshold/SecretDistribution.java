package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.rns.RnsSampler;

/// How the coefficients of each party's secret `s_i` are drawn. The key is the sum of n of them.
///
/// Security does not rest on the sum: whoever knows n - 1 of the secrets faces `(a, -a·s_i + e_i)`
/// with ONE honest secret, an ordinary RLWE sample. So the caps on QP are those of the single
/// distribution; the sum only makes the error bounds larger, by √n.
public enum SecretDistribution {
  /// Uniform in {-1, 0, 1}: what the presets' caps were computed for.
  TERNARY(1, 2.0 / 3),
  /// Discrete Gaussian of σ = 3.19, the distribution of the errors. The guidelines' caps for it are
  /// above those for ternary secrets at every degree, so the check of the parameters covers it.
  GAUSSIAN(2, RnsSampler.SIGMA * RnsSampler.SIGMA);

  private final int number;
  private final double variance;

  SecretDistribution(int number, double variance) {
    this.number = number;
    this.variance = variance;
  }

  /// What stands for it in the session's digest.
  int number() {
    return number;
  }

  /// Of each coefficient of one party's secret.
  double variance() {
    return variance;
  }
}
