package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;

/// A party's additive share `λ_j·S_j` of the key for one active set; it is never stored.
final class WeightedShare {
  private WeightedShare() {}

  /// `accumulator += λ_j·S_j·a`.
  static void addProduct(
      SecretKeyShare share, ActiveSet set, RnsPolynomial a, RnsPolynomial accumulator) {
    RnsRing ring = share.session().parameters().ring();
    RnsPolynomial secret = share.rows();
    double[] product = ring.buffers().take();
    for (int i = 0; i < a.size(); i++) {
      PrimeKernel kernel = ring.kernel(i);
      kernel.multiply(secret.row(i), set.lagrange(ring, share.party(), i), product);
      kernel.multiplyAdd(product, a.row(i), accumulator.row(i));
    }
    ring.buffers().giveCleared(product);
    share.requireOpen();
  }
}
