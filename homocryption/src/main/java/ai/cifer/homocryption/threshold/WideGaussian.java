package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import ai.cifer.homocryption.ring.GaussianSampler;
import ai.cifer.homocryption.ring.GaussianTable;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.math.BigInteger;
import java.util.Arrays;

/// Discrete Gaussian polynomials of any width, by convolution of narrow ones.
///
/// ```
/// x = x_0 + k_1·(x_1 + k_2·(x_2 + … + k_L·x_L))       x_i independent, σ_0 = 12, k_i ∈ 1 … 7
/// σ² = σ_0²·(1 + k_1²·(1 + k_2²·(1 + …)))
/// ```
///
/// One step is `z = x + k·y` with `x ~ D_σ0`, `y ~ D_σ'`. Completing the square gives `P(z) ∝
/// ρ_σ(z)·ρ_σ̃(kℤ - c·z)` with `σ² = σ_0² + k²σ'²` and `σ̃ = σ_0·kσ'/σ`; the second factor is the
/// same for every z up to `1 ± ε` if `σ̃/k` is at least the smoothing parameter of ℤ. With `σ' ≥
/// 12` and `k ≤ 7`, `σ̃/k ≥ 12/√(1 + 7²) = 1.697`, so `ε = 2·exp(-2π²·1.697²) < 2^-80`. Each narrow
/// sample has Rényi divergence (infinite order) at most 2^-55 from its ideal ([GaussianTable]). So
/// an event of probability δ under ideal samples has at most `δ·exp(count·(L + 1)·2^-54)` under
/// these: for 2^10 decryptions of 2^16 coefficients at L = 20 the factor is below `exp(2^-23)`.
///
/// Constant time: the number of levels and the factors depend on the width only; the narrow sampler
/// has no branch and no address that depends on randomness.
///
/// The width is the smallest of this form that is at least the one asked for: it exceeds it by less
/// than a sixth. Immutable; thread-safe.
///
/// @see <a href="https://eprint.iacr.org/2010/088">Peikert: An Efficient and Parallel Gaussian
///   Sampler for Lattices, theorem 3.1</a>
/// @see <a href="https://eprint.iacr.org/2017/259">Micciancio, Walter: Gaussian Sampling over the
///   Integers: Efficient, Generic, Constant-Time</a>
final class WideGaussian {
  private static final int BASE = 12;
  private static final int MOST_FACTOR = 7;

  /// Levels whose weighted sum is exact in a double: `7^14·109·7/6 < 2^47`.
  private static final int PIECE_LEVELS = 15;

  private static final GaussianTable TABLE = new GaussianTable(Integer.toString(BASE));

  /// `k_1 … k_L`.
  private final int[] factors;

  private final double sigma;

  /// @param least the standard deviation that the samples have at least, up to 2^200
  WideGaussian(double least) {
    if (!(least > 0 && least <= 0x1p200)) {
      throw new IllegalArgumentException("sigma: " + least + " (expected: above 0, up to 2^200)");
    }
    int levels = 0;
    int[] chosen = new int[0];
    while (sigma(chosen) < least) {
      levels++;
      chosen = new int[levels];
      Arrays.fill(chosen, MOST_FACTOR);
    }
    for (int i = 0; i < levels; i++) {
      while (chosen[i] > 1) {
        chosen[i]--;
        if (sigma(chosen) < least) {
          chosen[i]++;
          break;
        }
      }
    }
    this.factors = chosen;
    this.sigma = sigma(chosen);
  }

  private static double sigma(int[] factors) {
    double variance = 1;
    for (int i = factors.length - 1; i >= 0; i--) {
      variance = 1 + (double) factors[i] * factors[i] * variance;
    }
    return BASE * Math.sqrt(variance);
  }

  /// The standard deviation of the samples.
  double sigma() {
    return sigma;
  }

  /// A polynomial of N samples, modulo the first primes of a ring, transformed.
  ///
  /// @param seed 32 bytes, used for this polynomial only; the same seed gives the same polynomial
  RnsPolynomial sample(RnsRing ring, int primes, byte[] seed) {
    int degree = ring.degree();
    int pieceCount = factors.length / PIECE_LEVELS + 1;
    double[][] pieces = new double[pieceCount][degree];
    BigInteger[] units = new BigInteger[pieceCount];
    fill(seed, pieces, units);
    double[][] rows = new double[primes][degree];
    double[] reduced = ring.buffers().take();
    for (int i = 0; i < primes; i++) {
      PrimeKernel kernel = ring.kernel(i);
      kernel.reduce(pieces[0], rows[i]);
      for (int piece = 1; piece < pieceCount; piece++) {
        kernel.reduce(pieces[piece], reduced);
        kernel.multiplyAdd(reduced, ring.constant(units[piece], i), rows[i]);
      }
      kernel.forward(rows[i]);
    }
    ring.buffers().giveCleared(reduced);
    for (double[] piece : pieces) {
      Arrays.fill(piece, 0);
    }
    return new RnsPolynomial(rows);
  }

  /// Cuts the sum into pieces that doubles hold exactly: `x = Σ units[i]·pieces[i]`.
  private void fill(byte[] seed, double[][] pieces, BigInteger[] units) {
    int degree = pieces[0].length;
    byte[] random = new byte[GaussianSampler.BYTES_PER_SAMPLE * degree];
    byte[] narrow = new byte[degree];
    var sampler = new GaussianSampler(TABLE);
    try (var stream = new AesCtrStream(seed)) {
      BigInteger unit = BigInteger.ONE;
      double weight = 1;
      for (int level = 0; level <= factors.length; level++) {
        int index = level / PIECE_LEVELS;
        if (level > 0) {
          unit = unit.multiply(BigInteger.valueOf(factors[level - 1]));
          weight *= factors[level - 1];
        }
        if (level % PIECE_LEVELS == 0) {
          units[index] = unit;
          weight = 1;
        }
        stream.start(Purpose.ERROR, 0, level);
        stream.read(random, random.length);
        sampler.sample(random, narrow);
        double[] piece = pieces[index];
        for (int j = 0; j < degree; j++) {
          piece[j] = Math.fma(weight, narrow[j], piece[j]);
        }
      }
    } finally {
      sampler.clear();
      Arrays.fill(random, (byte) 0);
      Arrays.fill(narrow, (byte) 0);
    }
  }
}
