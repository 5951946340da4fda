package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.math.BigInteger;

/// From residues modulo `q_0 … q_{k-1}` to the residues of the same centred integer modulo more
/// primes, exactly.
///
/// Garner's mixed radix with centred digits, `x = d_0 + q_0·(d_1 + q_1·(d_2 + …))`, which is the
/// integer of smallest magnitude; then the sum modulo each new prime.
///
/// Cost: k inverse transforms, `k·m` multiplications of rows for m primes in the end, m transforms.
final class ModulusRaise {
  private ModulusRaise() {}

  /// @param a transformed, not modified
  /// @param primes number of primes in the end
  static RnsPolynomial raise(RnsRing ring, RnsPolynomial a, int primes) {
    int known = a.size();
    double[][] digits = new double[known][];
    double[] reduced = ring.buffers().take();
    for (int i = 0; i < known; i++) {
      PrimeKernel kernel = ring.kernel(i);
      digits[i] = a.row(i).clone();
      kernel.inverse(digits[i]);
      for (int j = 0; j < i; j++) {
        kernel.reduce(digits[j], reduced);
        kernel.subtract(digits[i], reduced, digits[i]);
        kernel.multiply(digits[i], ring.inverse(BigInteger.valueOf(ring.prime(j)), i), digits[i]);
      }
    }
    double[][] rows = new double[primes][ring.degree()];
    for (int t = 0; t < primes; t++) {
      PrimeKernel kernel = ring.kernel(t);
      kernel.reduce(digits[known - 1], rows[t]);
      for (int i = known - 2; i >= 0; i--) {
        kernel.multiply(rows[t], ring.constant(BigInteger.valueOf(ring.prime(i)), t), rows[t]);
        kernel.reduce(digits[i], reduced);
        kernel.add(rows[t], reduced, rows[t]);
      }
      kernel.forward(rows[t]);
    }
    ring.buffers().giveCleared(reduced);
    return new RnsPolynomial(rows);
  }
}
