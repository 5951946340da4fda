package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.RnsSampler;
import java.security.SecureRandom;
import java.util.Arrays;

/// The RLWE samples of one step of one protocol, with errors of σ = 3.19 from a seed of its own.
/// Not thread-safe.
final class MaskedErrors implements AutoCloseable {
  private final RnsRing ring;
  private final RnsSampler errors;
  private long block;

  MaskedErrors(RnsRing ring, SecureRandom random) {
    this.ring = ring;
    byte[] seed = PartySecretKey.freshSeed(random);
    this.errors = new RnsSampler(seed);
    Arrays.fill(seed, (byte) 0);
  }

  /// `a·s + e` modulo the primes of a, with a fresh e.
  RnsPolynomial product(RnsPolynomial a, RnsPolynomial s) {
    return sample(a, s, false);
  }

  /// `-a·s + e` modulo the primes of a, with a fresh e.
  RnsPolynomial negatedProduct(RnsPolynomial a, RnsPolynomial s) {
    return sample(a, s, true);
  }

  private RnsPolynomial sample(RnsPolynomial a, RnsPolynomial s, boolean negated) {
    double[] error = ring.buffers().take();
    double[] product = ring.buffers().take();
    try {
      errors.gaussian(Purpose.ERROR, 0, block++, error);
      double[][] rows = new double[a.size()][];
      for (int i = 0; i < rows.length; i++) {
        PrimeKernel kernel = ring.kernel(i);
        rows[i] = error.clone();
        kernel.forward(rows[i]);
        kernel.multiply(a.row(i), s.row(i), product);
        if (negated) {
          kernel.subtract(rows[i], product, rows[i]);
        } else {
          kernel.add(rows[i], product, rows[i]);
        }
      }
      return new RnsPolynomial(rows, a.extended());
    } finally {
      ring.buffers().giveCleared(error);
      ring.buffers().giveCleared(product);
    }
  }

  @Override
  public void close() {
    errors.close();
  }
}
