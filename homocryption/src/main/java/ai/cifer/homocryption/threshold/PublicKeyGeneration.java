package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.ckks.KeyId;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.RnsSampler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.stream.IntStream;

/// The joint public key, one round with commit-then-open.
///
/// ```
/// share:      b_i = -a·s_i + e_i          a from the common reference string
/// aggregate:  (b, a) with b = Σ b_i = -a·Σ s_i + Σ e_i
/// ```
///
/// Error: `Σ e_i`, a standard deviation of `3.19·√n`; so a ciphertext under the joint key starts
/// with the bound that [TrackedErrorBound#fresh] states.
///
/// Needs all n parties. Stateless; thread-safe.
///
/// @see <a href="https://eprint.iacr.org/2020/304">Mouchet, Troncoso-Pastoriza, Bossuat, Hubaux:
///   Multiparty Homomorphic Encryption from Ring-Learning-with-Errors, section 4</a>
public final class PublicKeyGeneration {
  static final String STEP = "public-key";

  private final ThresholdSession session;
  private final RnsRing ring;
  private final byte[] seed;
  private final RnsPolynomial a;

  public PublicKeyGeneration(ThresholdSession session) {
    this.session = session;
    this.ring = session.parameters().ring();
    this.seed = session.commonSeed(STEP, new byte[0]);
    try (var uniform = new RnsSampler(seed)) {
      int[] primes = IntStream.range(0, ring.ciphertextPrimes()).toArray();
      this.a = uniform.uniform(ring, primes, 0, false);
    }
  }

  /// A party's share, for [CommitThenOpen].
  ///
  /// @param random a cryptographic generator, for the error
  /// @throws ThresholdException.RetryRefused if this secret made one before
  public PublicKeyShare share(PartySecretKey secret, SecureRandom random) {
    RnsPolynomial s = secret.take(session, STEP);
    try (var errors = new MaskedErrors(ring, random)) {
      RnsPolynomial b = errors.negatedProduct(a, s);
      secret.requireOpen();
      return new PublicKeyShare(session, secret.party(), b);
    }
  }

  /// The joint public key. Its [KeyId] is a hash of the session and the key, so that shares of
  /// different runs cannot be mixed up.
  public CkksPublicKey aggregate(OpenedShares<PublicKeyShare> shares) {
    session.requireSame(shares.session(), "public key shares");
    RnsPolynomial b = Residues.zero(ring, ring.ciphertextPrimes());
    for (PublicKeyShare share : shares.shares()) {
      Residues.addInto(ring, share.b(), b);
    }
    return new CkksPublicKey(session.parameters(), keyId(b), b, a, seed);
  }

  private KeyId keyId(RnsPolynomial b) {
    MessageDigest sha = ThresholdSession.sha256();
    sha.update("cifer-threshold-key-v1".getBytes(StandardCharsets.US_ASCII));
    sha.update(session.digest().bytes());
    Residues.hash(sha, b, b.size());
    ByteBuffer hash = ByteBuffer.wrap(sha.digest());
    return new KeyId(hash.getLong(), hash.getLong());
  }
}
