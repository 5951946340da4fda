package ai.cifer.homocryption.rns;

import java.util.concurrent.ConcurrentHashMap;

/// Rescaling: drops the last primes of a polynomial and divides by them, rounded to nearest.
///
/// Stateless but for tables; thread-safe.
public final class ModulusDrop {
  private final RnsRing ring;
  private final ConcurrentHashMap<Integer, PrimeDivision> divisions = new ConcurrentHashMap<>();

  public ModulusDrop(RnsRing ring) {
    this.ring = ring;
  }

  /// `⌊a / (q_remaining · … · q_{k-1})⌉` modulo the first primes.
  ///
  /// Error: at most 1/2 in each coefficient. Cost: one inverse transform for each dropped prime,
  /// one transform for each remaining one.
  ///
  /// @param a transformed, not modified
  /// @param remaining number of primes of the result
  public RnsPolynomial divide(RnsPolynomial a, int remaining, Rows run) {
    int primes = a.size();
    PrimeDivision division =
        divisions.computeIfAbsent(
            remaining * 256 + primes, key -> new PrimeDivision(ring, remaining, primes));
    double[][] rows = a.rows().clone();
    for (int i = remaining; i < primes; i++) {
      rows[i] = ring.buffers().take();
      System.arraycopy(a.row(i), 0, rows[i], 0, ring.degree());
    }
    double[][] out = new double[remaining][];
    division.divide(
        rows,
        remaining,
        (t, numerator, remainder, inverse) -> {
          out[t] = new double[ring.degree()];
          ring.fused(t).subtractAndScale(numerator, remainder, inverse, out[t]);
        },
        run);
    for (int i = remaining; i < primes; i++) {
      ring.buffers().give(rows[i]);
    }
    return new RnsPolynomial(out);
  }
}
