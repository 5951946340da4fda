package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.RnsSampler;
import java.math.BigInteger;
import java.util.stream.IntStream;

/// The digits of hybrid key switching: digit j stands for `P·g_j`, with `g_j ≡ 1` modulo the primes
/// of digit j and `≡ 0` modulo the other ciphertext primes. See
/// [SwitchingKey][ai.cifer.homocryption.rns.SwitchingKey].
final class Gadget {
  private final RnsRing ring;
  private final int digits;
  private final BigInteger p;

  Gadget(CkksParameters parameters) {
    this.ring = parameters.ring();
    this.digits = parameters.digits();
    this.p = ring.product(ring.ciphertextPrimes(), ring.primes());
  }

  int digits() {
    return digits;
  }

  /// The public polynomials `a_j` modulo QP of a seed.
  RnsPolynomial[] expand(byte[] seed) {
    int[] primes = IntStream.range(0, ring.primes()).toArray();
    RnsPolynomial[] a = new RnsPolynomial[digits];
    try (var uniform = new RnsSampler(seed)) {
      for (int digit = 0; digit < digits; digit++) {
        a[digit] = uniform.uniform(ring, primes, digit, true);
      }
    }
    return a;
  }

  /// `accumulator += P·g_digit·source`.
  void addInto(RnsPolynomial source, int digit, RnsPolynomial accumulator) {
    int alpha = ring.specialPrimes();
    int to = Math.min(ring.ciphertextPrimes(), (digit + 1) * alpha);
    for (int i = digit * alpha; i < to; i++) {
      ring.kernel(i).multiplyAdd(source.row(i), ring.constant(p, i), accumulator.row(i));
    }
  }
}
