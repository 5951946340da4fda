package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksPlaintext;
import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.rns.RnsLift;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.threshold.ThresholdException.CombinationFailed;
import java.util.Collection;
import java.util.TreeSet;

/// From t partial decryptions to the result: `c_0 + Σ d_j = m + e + Σ e_j`, decoded and rounded.
///
/// It gives rounded values only ([ReleasedVector]); there is no way to the raw plaintext here.
///
/// Checks: all shares are of this ciphertext, this key and one active set; and the sum is as small
/// as a result can be. A wrong share, or too few, gives a sum that is uniform modulo Q, and a
/// quarter of each coefficient's range or less is plausible, so with N coefficients it is always
/// noticed. It is not known then whose share is wrong.
///
/// Stateless; thread-safe.
public final class ResultCombiner {
  private final ThresholdSession session;
  private final CkksPublicKey publicKey;
  private final RnsRing ring;
  private final RnsLift lift;
  private final CkksEncoder encoder;

  public ResultCombiner(ThresholdSession session, CkksPublicKey publicKey) {
    this.session = session;
    this.publicKey = publicKey;
    this.ring = session.parameters().ring();
    this.lift = new RnsLift(ring);
    this.encoder = new CkksEncoder(session.parameters());
  }

  /// Combines.
  ///
  /// Error: [Smudging#largestError].
  ///
  /// @param ciphertext the one that was decrypted
  /// @param smudging the same facts that the parties used
  /// @param shares exactly one from each party of the active set
  /// @throws CombinationFailed if they do not belong together, or one is wrong
  public ReleasedVector combine(
      CkksCiphertext ciphertext, Smudging smudging, Collection<PartialDecryption> shares) {
    requireTogether(ciphertext, shares);
    DecryptionRequest.requireResultOf(smudging.circuit(), ciphertext);
    RnsPolynomial sum = ciphertext.polynomial(0).copy();
    for (PartialDecryption share : shares) {
      Residues.addInto(ring, share.rows(), sum);
    }
    try {
      requirePlausible(sum, smudging);
      CkksPlaintext plaintext =
          new CkksPlaintext(session.parameters(), sum, ciphertext.level(), ciphertext.scale());
      double[] values = encoder.decode(plaintext);
      for (int j = 0; j < values.length; j++) {
        values[j] = Math.rint(values[j] / smudging.step()) * smudging.step();
      }
      return new ReleasedVector(values, smudging.step(), smudging.largestError());
    } finally {
      sum.clear();
    }
  }

  private void requireTogether(CkksCiphertext ciphertext, Collection<PartialDecryption> shares) {
    if (!ciphertext.keyId().equals(publicKey.keyId()) || ciphertext.size() != 2) {
      throw new CombinationFailed(
          "ciphertext: key "
              + ciphertext.keyId()
              + ", "
              + ciphertext.size()
              + " polynomials (expected: key "
              + publicKey.keyId()
              + ", 2 polynomials)");
    }
    byte[] hash = DecryptionRequest.ciphertextHash(session, ciphertext);
    TreeSet<Integer> parties = new TreeSet<>();
    ActiveSet set = null;
    for (PartialDecryption share : shares) {
      session.requireSame(share.session(), "partial decryption of party " + share.party());
      set = set == null ? share.activeSet() : set;
      boolean fits =
          share.isOf(hash)
              && share.keyId().equals(publicKey.keyId())
              && share.level() == ciphertext.level()
              && share.activeSet().equals(set)
              && parties.add(share.party());
      if (!fits) {
        throw new CombinationFailed(
            "share of party "
                + share.party()
                + ": of another ciphertext, key or active set, or its second (expected: one of each"
                + " party of "
                + set
                + ", for this ciphertext); ask the parties for what they were asked for");
      }
    }
    if (set == null || parties.size() != set.parties().length) {
      throw new CombinationFailed(
          "shares: from parties "
              + parties
              + " (expected: from all of "
              + (set == null ? session.committee().threshold() + " parties" : set)
              + "); wait for the others");
    }
  }

  private void requirePlausible(RnsPolynomial sum, Smudging smudging) {
    double[] coefficients = ring.buffers().take();
    lift.lift(sum, coefficients);
    double largest = 0;
    for (double x : coefficients) {
      largest = Math.max(largest, Math.abs(x));
    }
    ring.buffers().giveCleared(coefficients);
    if (!(largest <= smudging.largestCoefficient())) {
      throw new CombinationFailed(
          "result: not plausible (expected: coefficients of at most 2^%.1f); a party's share is wrong, the key was shared wrongly, or the values exceed the agreed bound: end this session, and do not ask for other shares of the same ciphertext"
              .formatted(TrackedErrorBound.log2(smudging.largestCoefficient())));
    }
  }
}
