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
    double[][] dropped = ring.buffers().take(primes - remaining);
    for (int i = 0; i < dropped.length; i++) {
      System.arraycopy(a.row(remaining + i), 0, dropped[i], 0, ring.degree());
    }
    double[][] remainder = division.remainder(dropped, run);
    double[][] out = new double[remaining][];
    run.each(
        remaining,
        t -> {
          out[t] = new double[ring.degree()];
          division.remainderRow(remainder, t, out[t]);
          ring.fused(t).subtractAndScale(a.row(t), out[t], division.inverse(t), out[t]);
        });
    ring.buffers().give(remainder);
    return new RnsPolynomial(out);
  }
}
