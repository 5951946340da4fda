package ai.cifer.homocryption.rns;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

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

  /// What becomes of the pair `(k_0, k_1)` in the same pass: `(σ(addend + k_0), σ(k_1))`.
  ///
  /// @param addend with the primes of d, not modified; null for none
  /// @param positions of the automorphism σ in the transformed domain; null for none
  public record Finish(@Nullable RnsPolynomial addend, int @Nullable [] positions) {
    /// The pair itself.
    public static final Finish PLAIN = new Finish(null, null);

    @Override
    public String toString() {
      return "Finish";
    }
  }

  /// All three steps for one key.
  ///
  /// @param d transformed, not modified
  /// @return two new polynomials with the primes of d
  public RnsPolynomial[] apply(RnsPolynomial d, SwitchingKey key, Finish finish, Rows run) {
    int primes = d.size();
    double[][][] prepared = prepare(d, run);
    double[][] sum0 = ring.buffers().take(primes + alpha);
    double[][] sum1 = ring.buffers().take(primes + alpha);
    run.each(
        primes + alpha,
        row -> {
          double[][] digits = new double[prepared.length][];
          for (int digit = 0; digit < prepared.length; digit++) {
            digits[digit] = digitRow(d, prepared[digit], digit, row);
          }
          innerProducts(digits, key, row, primes, sum0[row], sum1[row]);
          for (int digit = 0; digit < prepared.length; digit++) {
            if (!own(digit, row, primes)) {
              ring.buffers().give(digits[digit]);
            }
          }
        });
    release(prepared);
    return divide(sum0, sum1, primes, finish, run);
  }

  /// Steps 2 and 3 for digits that were decomposed before.
  public RnsPolynomial[] apply(Digits digits, SwitchingKey key, Finish finish, Rows run) {
    int primes = digits.primes;
    double[][] sum0 = ring.buffers().take(primes + alpha);
    double[][] sum1 = ring.buffers().take(primes + alpha);
    run.each(
        primes + alpha,
        row -> {
          double[][] rows = new double[digits.rows.length][];
          for (int digit = 0; digit < rows.length; digit++) {
            rows[digit] = digits.rows[digit][row];
          }
          innerProducts(rows, key, row, primes, sum0[row], sum1[row]);
        });
    return divide(sum0, sum1, primes, finish, run);
  }

  private void innerProducts(
      double[][] digits, SwitchingKey key, int row, int primes, double[] sum0, double[] sum1) {
    int prime = ring.primeOfRow(row, primes);
    double[][] b = new double[digits.length][];
    double[][] a = new double[digits.length][];
    for (int digit = 0; digit < digits.length; digit++) {
      b[digit] = key.b()[digit].row(prime);
      a[digit] = key.a()[digit].row(prime);
    }
    ring.fused(prime).innerProducts(digits, b, a, digits.length, sum0, sum1);
  }

  private RnsPolynomial[] divide(
      double[][] sum0, double[][] sum1, int primes, Finish finish, Rows run) {
    RnsPolynomial first = divide(sum0, primes, finish.addend, finish.positions, run);
    RnsPolynomial second = divide(sum1, primes, null, finish.positions, run);
    return new RnsPolynomial[] {first, second};
  }

  private RnsPolynomial divide(
      double[][] sums,
      int primes,
      @Nullable RnsPolynomial addend,
      int @Nullable [] positions,
      Rows run) {
    double[][] out = new double[primes][];
    divisionByP.divide(
        sums,
        primes,
        (t, numerator, remainder, inverse) -> {
          double[] quotient = new double[ring.degree()];
          double[] target = positions == null ? quotient : remainder;
          if (addend == null) {
            ring.fused(t).subtractAndScale(numerator, remainder, inverse, target);
          } else {
            ring.fused(t)
                .subtractScaleAndAdd(numerator, remainder, inverse, addend.row(t), target);
          }
          if (positions != null) {
            ring.kernel(t).permute(target, positions, quotient);
          }
          out[t] = quotient;
        },
        run);
    ring.buffers().give(sums);
    return new RnsPolynomial(out);
  }
}
