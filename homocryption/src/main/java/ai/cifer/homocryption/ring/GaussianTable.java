package ai.cifer.homocryption.ring;

import ai.cifer.homocryption.kernel.AliasTable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;

/// The weights of a discrete Gaussian, `P(x) ∝ exp(-x²/2σ²)`, in units of 2^-63.
///
/// Distance from the ideal distribution D: the magnitudes' weights are `⌊2^63·P⌋`, and the few
/// dozen units that are then missing go, evenly, to the magnitudes 1 to `⌊1.5·σ⌋`, whose weights
/// exceed 2^58. Hence `P'(x) ≤ (1 + 2^-55)·D(x)` for every x: Rényi divergence of infinite order at
/// most 2^-55 in a sample, so that an event of probability δ under 2^50 ideal samples has at most
/// `e^(1/32)·δ` under these. What is cut off weighs less than 2^-60; for σ = 8 the support ends at
/// |x| = 73.
///
/// Immutable.
///
/// @see <a href="https://eprint.iacr.org/2017/480">Prest, Sharper Bounds in Lattice-Based
///   Cryptography using the Rényi Divergence</a>
public final class GaussianTable {
  /// No sample of any table exceeds this in magnitude.
  public static final int BOUND = 127;

  private static final MathContext DIGITS = new MathContext(80);

  /// σ = 8, of the aggregation scheme.
  public static final GaussianTable SIGMA_8 = new GaussianTable("8");

  private final long[] weights;
  private final AliasTable aliases;

  /// @param sigma σ as a decimal number in [1, 12], exact
  public GaussianTable(String sigma) {
    BigDecimal deviation = new BigDecimal(sigma);
    if (deviation.compareTo(BigDecimal.ONE) < 0 || deviation.compareTo(new BigDecimal(12)) > 0) {
      throw new IllegalArgumentException("sigma: " + sigma + " (expected: 1 to 12)");
    }
    weights = weights(deviation);
    aliases = new AliasTable(weights);
  }

  /// The largest magnitude that has a weight.
  public int largest() {
    return weights.length - 1;
  }

  /// Weights of the magnitudes 0, 1, … [#largest()] in units of 2^-63; they sum to 2^63.
  long[] weights() {
    return weights.clone();
  }

  AliasTable aliases() {
    return aliases;
  }

  private static long[] weights(BigDecimal sigma) {
    BigDecimal[] ideal = idealMagnitudes(sigma);
    BigDecimal unit = new BigDecimal(BigInteger.ONE.shiftLeft(63));
    long[] weights = new long[ideal.length];
    // 2^63 as a negative long: the differences below are small.
    long missing = Long.MIN_VALUE;
    for (int k = 0; k < weights.length; k++) {
      weights[k] = ideal[k].multiply(unit).setScale(0, RoundingMode.FLOOR).longValueExact();
      missing -= weights[k];
    }
    int spread = sigma.multiply(new BigDecimal("1.5")).intValue();
    for (int i = 0; i < missing; i++) {
      weights[1 + i % spread]++;
    }
    int end = weights.length;
    while (weights[end - 1] == 0) {
      end--;
    }
    return Arrays.copyOf(weights, end);
  }

  /// `P(|x| = k)` of the ideal distribution for k = 0 … 127.
  static BigDecimal[] idealMagnitudes(BigDecimal sigma) {
    BigDecimal variance = sigma.multiply(sigma);
    BigDecimal base =
        exponential(new BigDecimal(-1).divide(variance.multiply(BigDecimal.TWO), DIGITS));
    BigDecimal[] density = new BigDecimal[BOUND + 1];
    BigDecimal sum = BigDecimal.ZERO;
    for (int k = 0; k <= BOUND; k++) {
      density[k] = base.pow(k * k, DIGITS);
      if (k > 0) {
        density[k] = density[k].multiply(BigDecimal.TWO);
      }
      sum = sum.add(density[k], DIGITS);
    }
    for (int k = 0; k <= BOUND; k++) {
      density[k] = density[k].divide(sum, DIGITS);
    }
    return density;
  }

  /// e^x by its series, for |x| ≤ 1/2: 60 terms leave less than 2^-300.
  private static BigDecimal exponential(BigDecimal x) {
    BigDecimal sum = BigDecimal.ONE;
    BigDecimal term = BigDecimal.ONE;
    for (int i = 1; i < 60; i++) {
      term = term.multiply(x, DIGITS).divide(new BigDecimal(i), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    return sum;
  }
}
