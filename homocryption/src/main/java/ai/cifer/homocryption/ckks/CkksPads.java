package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.RnsSampler;
import java.util.List;
import java.util.stream.IntStream;

/// One-time pads over ciphertexts: a uniform polynomial is added to `c_0`, so that even the holder
/// of the secret key learns nothing before the pad is taken away.
///
/// Pads add up: the sum of padded ciphertexts is the sum of the messages under the sum of the pads,
/// and taking away the pads of a set of seeds leaves a message only if the ciphertext is the sum
/// over exactly that set. Who knows one of the seeds only learns as much as from uniform numbers.
///
/// A pair of seed and number serves for one ciphertext.
public final class CkksPads {
  private CkksPads() {}

  /// Puts the pad of a seed on a ciphertext.
  ///
  /// @param ciphertext of two polynomials; not modified
  /// @param seed 32 secret bytes
  /// @param number of the pad under the seed
  public static CkksCiphertext add(CkksCiphertext ciphertext, byte[] seed, long number) {
    return change(ciphertext, List.of(seed), number, true);
  }

  /// Takes the pads of several seeds away, all of the same number.
  public static CkksCiphertext remove(CkksCiphertext ciphertext, List<byte[]> seeds, long number) {
    return change(ciphertext, seeds, number, false);
  }

  private static CkksCiphertext change(
      CkksCiphertext ciphertext, List<byte[]> seeds, long number, boolean add) {
    Require.range("polynomials", ciphertext.size(), 2, 2);
    RnsRing ring = ciphertext.parameters().ring();
    RnsPolynomial c0 = ciphertext.polynomial(0).copy();
    int[] primes = IntStream.range(0, c0.size()).toArray();
    for (byte[] seed : seeds) {
      try (var sampler = new RnsSampler(seed)) {
        RnsPolynomial pad = sampler.uniform(ring, primes, number, false);
        for (int i = 0; i < primes.length; i++) {
          if (add) {
            ring.kernel(i).add(c0.row(i), pad.row(i), c0.row(i));
          } else {
            ring.kernel(i).subtract(c0.row(i), pad.row(i), c0.row(i));
          }
        }
        pad.clear();
      }
    }
    return new CkksCiphertext(
        ciphertext.parameters(),
        ciphertext.keyId(),
        List.of(c0, ciphertext.polynomial(1)),
        ciphertext.level(),
        ciphertext.scale());
  }
}
