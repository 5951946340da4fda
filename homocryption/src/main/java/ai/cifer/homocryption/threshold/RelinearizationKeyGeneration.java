package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.ckks.RelinearizationKey;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.SwitchingKey;
import java.security.SecureRandom;
import java.util.Collection;

/// The joint relinearization key, in two rounds; the first with commit-then-open.
///
/// For each digit with gadget `w = P·g_j` and common a, party i with a second secret `u_i`:
///
/// ```
/// round 1:    h_0,i = -u_i·a + w·s_i + e      h_1,i = s_i·a + e'
/// round 2:    h'_i  = s_i·h_0 + (u_i - s_i)·h_1 + e''        h_0, h_1 the sums of round 1
/// aggregate:  (b, a') = (Σ h'_i, h_1)          b + a'·s = w·s² + E
/// ```
///
/// Error: `E = s·e_0 + u·e_1 + e_2` with the sums of the parties' errors; its bound is in
/// [TrackedErrorBound#relinearize]. It is about `n·√N` times that of a key with one owner.
///
/// Why the first round must be committed to: a party that chose its `h_0,i` after the others' could
/// make the sum `h_0` a constant, and `s_i·h_0 + e''` would show `s_i`. The published protocol
/// assumes semi-honest parties. Here every party answers in round 2 to the sums of the shares that
/// it checked itself, not to sums that an aggregator claims.
///
/// Needs all n parties. Stateless; thread-safe.
///
/// @see <a href="https://eprint.iacr.org/2020/304">Multiparty Homomorphic Encryption from RLWE,
///   protocol 2 (RelinKeyGen)</a>
public final class RelinearizationKeyGeneration {
  private final ThresholdSession session;
  private final RnsRing ring;
  private final Gadget gadget;
  private final RnsPolynomial[] a;

  public RelinearizationKeyGeneration(ThresholdSession session) {
    this.session = session;
    this.ring = session.parameters().ring();
    this.gadget = new Gadget(session.parameters());
    this.a = gadget.expand(session.commonSeed("relinearization", new byte[0]));
  }

  static String step(int round) {
    return "relinearization-" + round;
  }

  /// A party's share of round 1, for [CommitThenOpen].
  ///
  /// @param random a cryptographic generator
  /// @throws ThresholdException.RetryRefused if this secret made one before
  public RelinearizationKeyShare roundOne(PartySecretKey secret, SecureRandom random) {
    RnsPolynomial s = secret.take(session, step(1));
    RnsPolynomial u = secret.drawEphemeral(random);
    RnsPolynomial[] h = new RnsPolynomial[2 * a.length];
    try (var errors = new MaskedErrors(ring, random)) {
      for (int digit = 0; digit < a.length; digit++) {
        h[2 * digit] = errors.negatedProduct(a[digit], u);
        gadget.addInto(s, digit, h[2 * digit]);
        h[2 * digit + 1] = errors.product(a[digit], s);
      }
    }
    secret.requireOpen();
    return new RelinearizationKeyShare(session, secret.party(), 1, h);
  }

  /// A party's share of round 2.
  ///
  /// @param one the shares of round 1, as this party checked them
  /// @param random a cryptographic generator
  /// @throws ThresholdException.RetryRefused if this secret made one before
  public RelinearizationKeyShare roundTwo(
      PartySecretKey secret, OpenedShares<RelinearizationKeyShare> one, SecureRandom random) {
    requireRoundOne(one);
    RnsPolynomial u = secret.ephemeral();
    RnsPolynomial s = secret.take(session, step(2));
    RnsPolynomial difference = Residues.zero(ring, ring.primes());
    for (int i = 0; i < difference.size(); i++) {
      ring.kernel(i).subtract(u.row(i), s.row(i), difference.row(i));
    }
    RnsPolynomial[] shares = new RnsPolynomial[a.length];
    try (var errors = new MaskedErrors(ring, random)) {
      for (int digit = 0; digit < a.length; digit++) {
        shares[digit] = errors.product(sum(one, 2 * digit), s);
        RnsPolynomial h1 = sum(one, 2 * digit + 1);
        for (int i = 0; i < h1.size(); i++) {
          ring.kernel(i).multiplyAdd(h1.row(i), difference.row(i), shares[digit].row(i));
        }
      }
    } finally {
      difference.clear();
      secret.clearEphemeral();
    }
    secret.requireOpen();
    return new RelinearizationKeyShare(session, secret.party(), 2, shares);
  }

  /// The joint relinearization key.
  ///
  /// @param publicKey the joint public key of the session
  /// @param one the shares of round 1
  /// @param two one share of round 2 from each party
  public RelinearizationKey aggregate(
      CkksPublicKey publicKey,
      OpenedShares<RelinearizationKeyShare> one,
      Collection<RelinearizationKeyShare> two) {
    requireRoundOne(one);
    SharesOfAll.require(session, step(2), two);
    RnsPolynomial[] b = new RnsPolynomial[a.length];
    RnsPolynomial[] h1 = new RnsPolynomial[a.length];
    for (int digit = 0; digit < a.length; digit++) {
      h1[digit] = sum(one, 2 * digit + 1);
      b[digit] = Residues.zero(ring, ring.primes());
      for (RelinearizationKeyShare share : two) {
        Residues.addInto(ring, share.polynomial(digit), b[digit]);
      }
    }
    return new RelinearizationKey(
        session.parameters(), publicKey.keyId(), new SwitchingKey(b, h1, new byte[0]));
  }

  private void requireRoundOne(OpenedShares<RelinearizationKeyShare> one) {
    session.requireSame(one.session(), "relinearization key shares");
    int round = one.shares().getFirst().round();
    if (round != 1) {
      throw new ThresholdException.ProtocolViolation(
          "relinearization key shares: round " + round + " (expected: 1)");
    }
  }

  private RnsPolynomial sum(OpenedShares<RelinearizationKeyShare> one, int index) {
    RnsPolynomial sum = Residues.zero(ring, ring.primes());
    for (RelinearizationKeyShare share : one.shares()) {
      Residues.addInto(ring, share.polynomial(index), sum);
    }
    return sum;
  }
}
