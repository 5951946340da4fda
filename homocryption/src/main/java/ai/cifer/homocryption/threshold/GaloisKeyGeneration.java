package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.ckks.GaloisKeys;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.Rows;
import ai.cifer.homocryption.rns.SwitchingKey;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Joint keys for the rotations that are asked for, one round each.
///
/// For the automorphism `σ: X → X^g` and each digit, with a common `a_j`:
///
/// ```
/// share:      b_i,j = -a_j·σ⁻¹(s_i) + e_i,j + P·g_j·s_i
/// aggregate:  b_j = Σ b_i,j
/// ```
///
/// Error: `Σ e_i,j`, a standard deviation of `3.19·√n`.
///
/// The round is not committed to: no party answers to another's share, so a party that chooses its
/// own after the others' can spoil the key (rotations then give noise) but learns nothing.
///
/// Needs all n parties. Stateless; thread-safe.
public final class GaloisKeyGeneration {
  private final ThresholdSession session;
  private final RnsRing ring;
  private final Gadget gadget;

  public GaloisKeyGeneration(ThresholdSession session) {
    this.session = session;
    this.ring = session.parameters().ring();
    this.gadget = new Gadget(session.parameters());
  }

  static String step(long element) {
    return "galois-" + element;
  }

  private byte[] seed(long element) {
    return session.commonSeed("galois", ByteBuffer.allocate(8).putLong(element).array());
  }

  /// A party's shares for rotations to the left (negative: to the right).
  ///
  /// @param steps each makes one share; a multiple of the number of slots makes none
  /// @throws ThresholdException.RetryRefused if this secret made one of them before
  public List<GaloisKeyShare> shares(PartySecretKey secret, SecureRandom random, int... steps) {
    List<GaloisKeyShare> shares = new ArrayList<>();
    for (int step : steps) {
      long element = GaloisKeys.element(session.parameters(), step);
      if (element != 1) {
        shares.add(share(secret, element, random));
      }
    }
    return shares;
  }

  /// A party's share for conjugation.
  ///
  /// @throws ThresholdException.RetryRefused if this secret made it before
  public GaloisKeyShare conjugationShare(PartySecretKey secret, SecureRandom random) {
    return share(secret, GaloisKeys.conjugation(session.parameters()), random);
  }

  private GaloisKeyShare share(PartySecretKey secret, long element, SecureRandom random) {
    RnsPolynomial s = secret.take(session, step(element));
    BigInteger order = BigInteger.valueOf(2L * ring.degree());
    long inverse = BigInteger.valueOf(element).modInverse(order).longValueExact();
    RnsPolynomial target = ring.automorphism(s, inverse, Rows.SEQUENTIAL);
    RnsPolynomial[] a = gadget.expand(seed(element));
    RnsPolynomial[] b = new RnsPolynomial[a.length];
    try (var errors = new MaskedErrors(ring, random)) {
      for (int digit = 0; digit < a.length; digit++) {
        b[digit] = errors.negatedProduct(a[digit], target);
        gadget.addInto(s, digit, b[digit]);
      }
    } finally {
      target.clear();
    }
    secret.requireOpen();
    return new GaloisKeyShare(session, secret.party(), element, b);
  }

  /// The joint Galois keys.
  ///
  /// @param publicKey the joint public key of the session
  /// @param shares for each rotation one from each party, in any order
  public GaloisKeys aggregate(CkksPublicKey publicKey, Collection<GaloisKeyShare> shares) {
    Map<Long, List<GaloisKeyShare>> byElement = new TreeMap<>();
    for (GaloisKeyShare share : shares) {
      byElement.computeIfAbsent(share.element(), element -> new ArrayList<>()).add(share);
    }
    Map<Long, SwitchingKey> keys = new HashMap<>();
    byElement.forEach((element, ofAll) -> keys.put(element, sum(element, ofAll)));
    return new GaloisKeys(session.parameters(), publicKey.keyId(), keys);
  }

  private SwitchingKey sum(long element, List<GaloisKeyShare> shares) {
    SharesOfAll.require(session, step(element), shares);
    byte[] seed = seed(element);
    RnsPolynomial[] b = new RnsPolynomial[gadget.digits()];
    for (int digit = 0; digit < b.length; digit++) {
      b[digit] = Residues.zero(ring, ring.primes());
      for (GaloisKeyShare share : shares) {
        Residues.addInto(ring, share.b(digit), b[digit]);
      }
    }
    return new SwitchingKey(b, gadget.expand(seed), seed);
  }
}
