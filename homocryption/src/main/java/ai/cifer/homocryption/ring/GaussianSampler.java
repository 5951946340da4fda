package ai.cifer.homocryption.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Discrete Gaussian integers of σ = 8, `P(x) ∝ exp(-x²/128)`, from 64 random bits each.
///
/// The low 63 bits select the magnitude by inversion of the cumulative table, the top bit is the
/// sign. Every sample is compared with every threshold: no branch and no address depends on the
/// randomness. The order of the loops (thresholds outside, a tile of samples inside) is what C2
/// turns into vector code.
///
/// Distance from the ideal distribution D: the magnitudes' weights are `⌊2^63·P⌋`, and the few
/// dozen units that are then missing go, evenly, to magnitudes 1 to 12, whose weights exceed 2^58.
/// Hence `P'(x) ≤ (1 + 2^-55)·D(x)` for every x: Rényi divergence of infinite order at most 2^-55
/// in a sample, so that an event of probability δ under 2^50 ideal samples has at most `e^(1/32)·δ`
/// under these. The support ends at |x| = 72, well within ±127.
///
/// @see <a href="https://eprint.iacr.org/2017/480">Prest, Sharper Bounds in Lattice-Based
///   Cryptography using the Rényi Divergence</a>
public final class GaussianSampler {
  /// Bytes of randomness for a sample.
  public static final int BYTES_PER_SAMPLE = 8;

  /// No sample exceeds this in magnitude.
  public static final int BOUND = 127;

  static final int SIGMA = 8;
  private static final int TILE = 256;
  private static final int SPREAD = 12;
  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long[] WEIGHTS = computeWeights();

  /// `cumulative - 1`: a sample exceeds magnitude k exactly if `THRESHOLDS[k] - sample < 0`. Filled
  /// up to a multiple of four with a value that no sample exceeds.
  private static final long[] THRESHOLDS = computeThresholds();

  private final long[] uniform = new long[TILE];
  private final long[] magnitude = new long[TILE];

  /// Turns random bytes into samples.
  ///
  /// Cost: 72 comparisons for each sample.
  ///
  /// @param random 8 bytes a sample, little endian
  /// @param out |out| ≤ 72; a multiple of 256 elements
  public void sample(byte[] random, int[] out) {
    long[] t = THRESHOLDS;
    for (int from = 0; from < out.length; from += TILE) {
      load(random, from, uniform);
      Arrays.fill(magnitude, 0);
      for (int k = 0; k < t.length; k += 4) {
        count(uniform, t[k], t[k + 1], t[k + 2], t[k + 3], magnitude);
      }
      store(random, from, magnitude, out);
    }
  }

  private static void load(byte[] random, int from, long[] uniform) {
    for (int j = 0; j < uniform.length; j++) {
      uniform[j] = (long) LITTLE.get(random, BYTES_PER_SAMPLE * (from + j)) & Long.MAX_VALUE;
    }
  }

  /// Adds 1 for each of four thresholds that a sample exceeds.
  private static void count(long[] uniform, long t0, long t1, long t2, long t3, long[] magnitude) {
    for (int j = 0; j < uniform.length; j++) {
      long v = uniform[j];
      magnitude[j] += ((t0 - v) >>> 63) + ((t1 - v) >>> 63) + ((t2 - v) >>> 63) + ((t3 - v) >>> 63);
    }
  }

  private static void store(byte[] random, int from, long[] magnitude, int[] out) {
    for (int j = 0; j < magnitude.length; j++) {
      long sign = (long) LITTLE.get(random, BYTES_PER_SAMPLE * (from + j)) >> 63;
      out[from + j] = (int) ((magnitude[j] ^ sign) - sign);
    }
  }

  /// Overwrites the buffers.
  public void clear() {
    Arrays.fill(uniform, 0);
    Arrays.fill(magnitude, 0);
  }

  /// What the buffers hold, or-ed together, for the test that they are cleared.
  long buffered() {
    return Arrays.stream(uniform).reduce(0, (a, b) -> a | b)
        | Arrays.stream(magnitude).reduce(0, (a, b) -> a | b);
  }

  /// Weights of the magnitudes 0, 1, … in units of 2^-63; they sum to 2^63.
  static long[] weights() {
    return WEIGHTS.clone();
  }

  private static long[] computeWeights() {
    MathContext digits = new MathContext(80);
    BigDecimal[] ideal = idealMagnitudes(digits);
    BigInteger whole = BigInteger.ONE.shiftLeft(63);
    long[] weights = new long[BOUND + 1];
    BigInteger missing = whole;
    for (int k = 0; k <= BOUND; k++) {
      BigInteger weight =
          ideal[k].multiply(new BigDecimal(whole)).setScale(0, RoundingMode.FLOOR).toBigInteger();
      weights[k] = weight.longValueExact();
      missing = missing.subtract(weight);
    }
    for (int i = 0; i < missing.intValueExact(); i++) {
      weights[1 + i % SPREAD]++;
    }
    int end = weights.length;
    while (weights[end - 1] == 0) {
      end--;
    }
    return Arrays.copyOf(weights, end);
  }

  /// `P(|x| = k)` of the ideal distribution for k = 0 … 127; what lies beyond is below 2^-187.
  static BigDecimal[] idealMagnitudes(MathContext digits) {
    BigDecimal base =
        exponential(new BigDecimal(-1).divide(new BigDecimal(2 * SIGMA * SIGMA)), digits);
    BigDecimal[] density = new BigDecimal[BOUND + 1];
    BigDecimal sum = BigDecimal.ZERO;
    for (int k = 0; k <= BOUND; k++) {
      density[k] = base.pow(k * k, digits);
      if (k > 0) {
        density[k] = density[k].multiply(BigDecimal.TWO);
      }
      sum = sum.add(density[k], digits);
    }
    for (int k = 0; k <= BOUND; k++) {
      density[k] = density[k].divide(sum, digits);
    }
    return density;
  }

  /// e^x by its series, for |x| ≤ 1/128: 60 terms leave less than 2^-600.
  private static BigDecimal exponential(BigDecimal x, MathContext digits) {
    BigDecimal sum = BigDecimal.ONE;
    BigDecimal term = BigDecimal.ONE;
    for (int i = 1; i < 60; i++) {
      term = term.multiply(x, digits).divide(new BigDecimal(i), digits);
      sum = sum.add(term, digits);
    }
    return sum;
  }

  private static long[] computeThresholds() {
    long[] thresholds = new long[(WEIGHTS.length + 2) / 4 * 4];
    Arrays.fill(thresholds, Long.MAX_VALUE);
    long cumulative = 0;
    for (int k = 0; k < WEIGHTS.length - 1; k++) {
      cumulative += WEIGHTS[k];
      thresholds[k] = cumulative - 1;
    }
    return thresholds;
  }
}
