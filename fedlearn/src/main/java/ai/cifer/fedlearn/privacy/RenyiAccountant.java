package ai.cifer.fedlearn.privacy;

/// What rounds of the sampled Gaussian mechanism spend, by Rényi differential privacy: the
/// divergences of rounds add up [1], and the smallest epsilon that one of them allows counts [3].
///
/// @see <a href="https://arxiv.org/abs/1702.07476">[1] Mironov, Rényi Differential Privacy,
///   2017</a>
/// @see <a href="https://arxiv.org/abs/1908.10530">[2] Mironov, Talwar, Zhang, Rényi Differential
///   Privacy of the Sampled Gaussian Mechanism, 2019</a>
/// @see <a href="https://arxiv.org/abs/2004.00010">[3] Canonne, Kamath, Steinke, The Discrete
///   Gaussian for Differential Privacy, 2020, proposition 12</a>
public final class RenyiAccountant {

  private RenyiAccountant() {}

  /// The epsilon that so many rounds spend.
  ///
  /// @param noiseMultiplier the deviation of the noise by what one client can change, > 0
  /// @param sampling the chance of each client to be in a round, in (0, 1]
  /// @param rounds >= 0
  /// @param delta in (0, 1)
  public static double epsilon(double noiseMultiplier, double sampling, long rounds, double delta) {
    if (rounds == 0) {
      return 0;
    }
    double least = Double.POSITIVE_INFINITY;
    for (double order : orders()) {
      // Being left out at random costs no privacy, but for orders between integers [2] has a bound
      // only, which may be above what everybody spends.
      double divergence =
          rounds
              * Math.min(
                  SampledGaussian.divergence(noiseMultiplier, sampling, order),
                  SampledGaussian.divergence(noiseMultiplier, 1, order));
      double epsilon = divergence + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1);
      least = Math.min(least, epsilon);
    }
    return Math.max(0, least);
  }

  /// As dp-accounting and Opacus choose them: 1.1 to 10.9, 11 to 63, and some large ones for very
  /// little privacy loss.
  private static double[] orders() {
    double[] orders = new double[99 + 53 + 4];
    int count = 0;
    for (int tenths = 11; tenths < 110; tenths++) {
      orders[count++] = tenths / 10.0;
    }
    for (int order = 11; order < 64; order++) {
      orders[count++] = order;
    }
    for (int order = 128; order <= 1024; order *= 2) {
      orders[count++] = order;
    }
    return orders;
  }
}
