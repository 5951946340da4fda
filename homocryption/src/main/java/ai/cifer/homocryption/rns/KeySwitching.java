package ai.cifer.homocryption.rns;

import ai.cifer.homocryption.kernel.FusedKernel;
import java.util.concurrent.ConcurrentHashMap;

/// Hybrid key switching: from `d·s'` to `(k_0, k_1)` with `k_0 + k_1·s ≈ d·s'`.
///
/// 1. d is cut into digits, the residues modulo α consecutive primes each, as integers centred
///    modulo the product of those primes, and each digit is converted to all other primes;
/// 2. the digits are multiplied with the key's pairs and summed, modulo QP;
/// 3. the sums are divided by P and rounded.
///
/// Error: `Σ_j digit_j·e_j / P` plus the rounding of the division. With digits below P/2 in
/// magnitude the first is about `σ·sqrt(dnum·N/12)` for each coefficient, the second at most `(1 +
/// ‖s‖₁)/2`.
///
/// Cost with k primes, dnum digits and α special primes: k inverse transforms, `dnum·(k + α) - k`
/// transforms, `2·dnum·(k + α)` products of rows, then 2α inverse transforms and 2k transforms.
///
/// Stateless but for tables; thread-safe.
public final class KeySwitching {
  private final RnsRing ring;
  private final int alpha;
  private final PrimeDivision divisionByP;
  private final ConcurrentHashMap<Integer, BaseConversion> conversions = new ConcurrentHashMap<>();

  public KeySwitching(RnsRing ring) {
    this.ring = ring;
    this.alpha = ring.specialPrimes();
    this.divisionByP = new PrimeDivision(ring, ring.ciphertextPrimes(), ring.primes());
  }

  /// Number of digits of a polynomial with `primes` rows.
  public int digits(int primes) {
    return (primes + alpha - 1) / alpha;
  }

  private BaseConversion conversion(int from, int to) {
    return conversions.computeIfAbsent(from * 256 + to, key -> new BaseConversion(ring, from, to));
  }

  /// The digits of d in all primes, transformed, for use with several keys (hoisting).
  ///
  /// @param rows one extended polynomial for each digit; from [RowBuffers], except the rows of the
  ///   digit's own primes, which are those of d
  public record Digits(double[][][] rows, int primes) {}

  /// Steps 1: the digits of d.
  public Digits decompose(RnsPolynomial d, Rows run) {
    int primes = d.size();
    int all = primes + alpha;
    double[][][] prepared = prepare(d, run);
    double[][][] rows = new double[prepared.length][all][];
    run.each(
        prepared.length * all,
        index -> {
          int digit = index / all;
          int row = index % all;
          rows[digit][row] = digitRow(d, prepared[digit], digit, row);
        });
    release(prepared);
    return new Digits(rows, primes);
  }

  /// Gives the rows of digits back.
  public void release(Digits digits) {
    for (int digit = 0; digit < digits.rows.length; digit++) {
      for (int row = 0; row < digits.rows[digit].length; row++) {
        if (!own(digit, row, digits.primes)) {
          ring.buffers().give(digits.rows[digit][row]);
        }
      }
    }
  }

  private boolean own(int digit, int row, int primes) {
    return row < primes && row / alpha == digit;
  }

  private double[][][] prepare(RnsPolynomial d, Rows run) {
    int primes = d.size();
    double[][] coefficients = new double[primes][];
    run.each(
        primes,
        i -> {
          coefficients[i] = ring.buffers().take();
          System.arraycopy(d.row(i), 0, coefficients[i], 0, ring.degree());
          ring.kernel(i).inverse(coefficients[i]);
        });
    double[][][] prepared = new double[digits(primes)][][];
    run.each(
        prepared.length,
        digit -> {
          int from = digit * alpha;
          int to = Math.min(primes, from + alpha);
          BaseConversion conversion = conversion(from, to);
          double[][] rows = new double[conversion.digits()][];
          System.arraycopy(coefficients, from, rows, 0, to - from);
          if (rows.length > to - from) {
            rows[to - from] = ring.buffers().take();
          }
          conversion.prepare(rows);
          prepared[digit] = rows;
        });
    return prepared;
  }

  private void release(double[][][] prepared) {
    for (double[][] rows : prepared) {
      ring.buffers().give(rows);
    }
  }

  private double[] digitRow(RnsPolynomial d, double[][] prepared, int digit, int row) {
    int primes = d.size();
    if (own(digit, row, primes)) {
      return d.row(row);
    }
    int prime = ring.primeOfRow(row, primes);
    double[] out = ring.buffers().take();
    int from = digit * alpha;
    conversion(from, Math.min(primes, from + alpha)).convert(prepared, prime, out);
    ring.kernel(prime).forward(out);
    return out;
  }

  /// All three steps for one key.
  ///
  /// @param d transformed, not modified
  /// @return `k_0` and `k_1`, new polynomials with the primes of d
  public RnsPolynomial[] apply(RnsPolynomial d, SwitchingKey key, Rows run) {
    int primes = d.size();
    int all = primes + alpha;
    double[][][] prepared = prepare(d, run);
    double[][] sum0 = ring.buffers().take(all);
    double[][] sum1 = ring.buffers().take(all);
    run.each(
        all,
        row -> {
          for (int digit = 0; digit < prepared.length; digit++) {
            double[] x = digitRow(d, prepared[digit], digit, row);
            accumulate(x, key, digit, row, primes, sum0[row], sum1[row]);
            if (!own(digit, row, primes)) {
              ring.buffers().give(x);
            }
          }
        });
    release(prepared);
    return divide(sum0, sum1, primes, run);
  }

  /// Steps 2 and 3 for digits that were decomposed before.
  public RnsPolynomial[] apply(Digits digits, SwitchingKey key, Rows run) {
    int primes = digits.primes;
    int all = primes + alpha;
    double[][] sum0 = ring.buffers().take(all);
    double[][] sum1 = ring.buffers().take(all);
    run.each(
        all,
        row -> {
          for (int digit = 0; digit < digits.rows.length; digit++) {
            double[] x = digits.rows[digit][row];
            accumulate(x, key, digit, row, primes, sum0[row], sum1[row]);
          }
        });
    return divide(sum0, sum1, primes, run);
  }

  private void accumulate(
      double[] x, SwitchingKey key, int digit, int row, int primes, double[] sum0, double[] sum1) {
    int prime = ring.primeOfRow(row, primes);
    FusedKernel kernel = ring.fused(prime);
    double[] b = key.b()[digit].row(prime);
    double[] a = key.a()[digit].row(prime);
    if (digit == 0) {
      kernel.multiplyPair(x, b, a, sum0, sum1);
    } else {
      kernel.multiplyAddPair(x, b, a, sum0, sum1);
    }
  }

  private RnsPolynomial[] divide(double[][] sum0, double[][] sum1, int primes, Rows run) {
    RnsPolynomial[] result = new RnsPolynomial[2];
    double[][][] sums = {sum0, sum1};
    for (int k = 0; k < 2; k++) {
      double[][] out = new double[primes][ring.degree()];
      divisionByP.divide(sums[k], primes, out, run);
      ring.buffers().give(sums[k]);
      result[k] = new RnsPolynomial(out);
    }
    return result;
  }
}
