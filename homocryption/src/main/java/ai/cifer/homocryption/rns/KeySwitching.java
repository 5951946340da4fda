package ai.cifer.homocryption.rns;

import java.util.ArrayList;
import java.util.List;
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
    double[][][] prepared = prepare(d, run);
    RnsPolynomial[] pair =
        switched(
                List.of(key),
                List.of(finish),
                d.size(),
                new RowSource() {
                  @Override
                  public double[][] take(int row) {
                    double[][] digits = new double[prepared.length][];
                    for (int digit = 0; digit < digits.length; digit++) {
                      digits[digit] = digitRow(d, prepared[digit], digit, row);
                    }
                    return digits;
                  }

                  @Override
                  public void give(double[][] digits, int row) {
                    for (int digit = 0; digit < digits.length; digit++) {
                      if (!own(digit, row, d.size())) {
                        ring.buffers().give(digits[digit]);
                      }
                    }
                  }
                },
                run)
            .getFirst();
    release(prepared);
    return pair;
  }

  /// Steps 2 and 3 for several keys and digits that were decomposed before. A row of the digits is
  /// read for all keys while it is in the cache.
  ///
  /// @return for each key two new polynomials
  public List<RnsPolynomial[]> apply(
      Digits digits, List<SwitchingKey> keys, List<Finish> finishes, Rows run) {
    return switched(
        keys,
        finishes,
        digits.primes,
        new RowSource() {
          @Override
          public double[][] take(int row) {
            double[][] rows = new double[digits.rows.length][];
            for (int digit = 0; digit < rows.length; digit++) {
              rows[digit] = digits.rows[digit][row];
            }
            return rows;
          }

          @Override
          public void give(double[][] rows, int row) {}
        },
        run);
  }

  /// The digits in the prime of a row.
  private interface RowSource {
    double[][] take(int row);

    void give(double[][] digits, int row);
  }

  /// First the special rows, which give the remainders of the division by P; then every other row
  /// goes from inner product to result without leaving the cache: memory is what limits this.
  private List<RnsPolynomial[]> switched(
      List<SwitchingKey> keys, List<Finish> finishes, int primes, RowSource source, Rows run) {
    double[][][][] remainders = remainders(keys, primes, source, run);
    double[][][][] out = new double[keys.size()][2][primes][];
    run.each(
        primes,
        t -> {
          double[][] digits = source.take(t);
          double[] sum0 = ring.buffers().take();
          double[] sum1 = ring.buffers().take();
          for (int k = 0; k < keys.size(); k++) {
            Finish finish = finishes.get(k);
            RnsPolynomial addend = finish.addend;
            innerProducts(digits, keys.get(k), t, sum0, sum1);
            out[k][0][t] =
                quotient(
                    sum0,
                    remainders[k][0],
                    t,
                    addend == null ? null : addend.row(t),
                    finish.positions);
            out[k][1][t] = quotient(sum1, remainders[k][1], t, null, finish.positions);
          }
          ring.buffers().give(sum0);
          ring.buffers().give(sum1);
          source.give(digits, t);
        });
    List<RnsPolynomial[]> results = new ArrayList<>();
    for (int k = 0; k < keys.size(); k++) {
      ring.buffers().give(remainders[k][0]);
      ring.buffers().give(remainders[k][1]);
      results.add(new RnsPolynomial[] {new RnsPolynomial(out[k][0]), new RnsPolynomial(out[k][1])});
    }
    return results;
  }

  /// For each key and each half the remainder modulo P.
  private double[][][][] remainders(
      List<SwitchingKey> keys, int primes, RowSource source, Rows run) {
    double[][][][] sums = new double[keys.size()][2][alpha][];
    run.each(
        alpha,
        i -> {
          double[][] digits = source.take(primes + i);
          for (int k = 0; k < keys.size(); k++) {
            sums[k][0][i] = ring.buffers().take();
            sums[k][1][i] = ring.buffers().take();
            innerProducts(
                digits,
                keys.get(k),
                ring.primeOfRow(primes + i, primes),
                sums[k][0][i],
                sums[k][1][i]);
          }
          source.give(digits, primes + i);
        });
    double[][][][] remainders = new double[keys.size()][2][][];
    for (int k = 0; k < keys.size(); k++) {
      for (int half = 0; half < 2; half++) {
        remainders[k][half] = divisionByP.remainder(sums[k][half], run);
      }
    }
    return remainders;
  }

  private void innerProducts(
      double[][] digits, SwitchingKey key, int prime, double[] sum0, double[] sum1) {
    double[][] b = new double[digits.length][];
    double[][] a = new double[digits.length][];
    for (int digit = 0; digit < digits.length; digit++) {
      b[digit] = key.b()[digit].row(prime);
      a[digit] = key.a()[digit].row(prime);
    }
    ring.fused(prime).innerProducts(digits, b, a, digits.length, sum0, sum1);
  }

  private double[] quotient(
      double[] sum,
      double[][] remainder,
      int t,
      double @Nullable [] addend,
      int @Nullable [] positions) {
    double[] quotient = new double[ring.degree()];
    double[] target = positions == null ? quotient : ring.buffers().take();
    divisionByP.remainderRow(remainder, t, target);
    double inverse = divisionByP.inverse(t);
    if (addend == null) {
      ring.fused(t).subtractAndScale(sum, target, inverse, target);
    } else {
      ring.fused(t).subtractScaleAndAdd(sum, target, inverse, addend, target);
    }
    if (positions != null) {
      ring.kernel(t).permute(target, positions, quotient);
      ring.buffers().give(target);
    }
    return quotient;
  }
}
