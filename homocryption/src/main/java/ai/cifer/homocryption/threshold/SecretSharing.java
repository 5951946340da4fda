package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.RnsSampler;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// From n secrets of which all are needed to n shares of which any t decrypt: Shamir's sharing over
/// the ring, modulo every ciphertext prime. One round, over channels that only the receiver can
/// read.
///
/// ```
/// deal:       f_i(X) = s_i + r_i,1·X + … + r_i,t-1·X^(t-1)     r uniform modulo Q; party j gets f_i(j)
/// aggregate:  S_j = Σ_i f_i(j)                                 Σ_{j∈A} λ_j·S_j = s for any t parties A
/// ```
///
/// The special primes P need no shares: they exist only while keys are switched, and evaluation
/// keys are made by all n parties from their `s_i`.
///
/// Semi-honest dealers: a party that deals shares that lie on no polynomial of degree t - 1 spoils
/// the key (each active set then decrypts to noise, which [ResultCombiner] notices), and cannot be
/// named. No secret of another party is lost by that.
///
/// Stateless; thread-safe.
///
/// @see <a href="https://doi.org/10.1145/359168.359176">Shamir: How to Share a Secret</a>
/// @see <a href="https://eprint.iacr.org/2022/780">An Efficient Threshold Access-Structure for
///   RLWE-Based Multiparty Homomorphic Encryption</a>
public final class SecretSharing {
  private final ThresholdSession session;
  private final RnsRing ring;

  public SecretSharing(ThresholdSession session) {
    this.session = session;
    this.ring = session.parameters().ring();
  }

  /// The shares that a party deals to all parties, itself included, in their order.
  ///
  /// @param random a cryptographic generator
  /// @return secret; each is sealed for its receiver, sent, and closed
  /// @throws ThresholdException.RetryRefused if this secret was dealt before
  public List<DealtSecretShare> deal(PartySecretKey secret, SecureRandom random) {
    RnsPolynomial s = secret.take(session, "sharing");
    Committee committee = session.committee();
    int primes = ring.ciphertextPrimes();
    int[] indices = IntStream.range(0, primes).toArray();
    RnsPolynomial[] coefficients = new RnsPolynomial[committee.threshold()];
    coefficients[0] = new RnsPolynomial(Arrays.copyOf(s.rows(), primes));
    byte[] seed = PartySecretKey.freshSeed(random);
    try (var uniform = new RnsSampler(seed)) {
      for (int degree = 1; degree < coefficients.length; degree++) {
        coefficients[degree] = uniform.uniform(ring, indices, degree, false);
      }
      List<DealtSecretShare> dealt = new ArrayList<>();
      for (int party = 1; party <= committee.parties(); party++) {
        dealt.add(
            new DealtSecretShare(session, secret.party(), party, evaluate(coefficients, party)));
      }
      return dealt;
    } finally {
      Arrays.fill(seed, (byte) 0);
      for (int degree = 1; degree < coefficients.length; degree++) {
        if (coefficients[degree] != null) {
          coefficients[degree].clear();
        }
      }
    }
  }

  /// Horner's scheme, for all coefficients of the ring at once.
  private RnsPolynomial evaluate(RnsPolynomial[] coefficients, int x) {
    int last = coefficients.length - 1;
    RnsPolynomial value = coefficients[last].copy();
    for (int i = 0; i < value.size(); i++) {
      PrimeKernel kernel = ring.kernel(i);
      for (int degree = last - 1; degree >= 0; degree--) {
        kernel.multiply(value.row(i), x, value.row(i));
        kernel.add(value.row(i), coefficients[degree].row(i), value.row(i));
      }
    }
    return value;
  }

  /// A party's share of the joint key. The dealt shares are used up: a second key share from them
  /// would have another log and another smudging key.
  ///
  /// @param party the receiver, 1 to n
  /// @param publicKey the joint public key of the session, which names the key
  /// @param dealt one share from each party, its own included; closed on return
  /// @param random a cryptographic generator, for the smudging key
  public SecretKeyShare aggregate(
      int party, CkksPublicKey publicKey, Collection<DealtSecretShare> dealt, SecureRandom random) {
    session.committee().requireMember(party);
    TreeSet<Integer> dealers = new TreeSet<>();
    for (DealtSecretShare share : dealt) {
      session.requireSame(share.session(), "dealt share of party " + share.dealer());
      if (share.receiver() != party || !dealers.add(share.dealer())) {
        throw new ThresholdException.ProtocolViolation(
            "dealt share: "
                + share
                + " (expected: one from each party to party "
                + party
                + "); send each share to its receiver only");
      }
    }
    if (dealers.size() != session.committee().parties()) {
      throw new ThresholdException.ProtocolViolation(
          "dealt shares: from parties "
              + dealers
              + " (expected: from all "
              + session.committee().parties()
              + "); wait for the others, or end this session");
    }
    RnsPolynomial sum = Residues.zero(ring, ring.ciphertextPrimes());
    for (DealtSecretShare share : dealt) {
      Residues.addInto(ring, share.rows(), sum);
    }
    dealt.forEach(DealtSecretShare::close);
    byte[] smudgingKey = new byte[SecretKeyShare.SMUDGING_KEY_BYTES];
    random.nextBytes(smudgingKey);
    return new SecretKeyShare(session, publicKey.keyId(), party, smudgingKey, sum);
  }
}
