package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.RnsSampler;
import ai.cifer.homocryption.threshold.ThresholdException.CombinationFailed;
import ai.cifer.homocryption.threshold.ThresholdException.PrecisionExhausted;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Brings a ciphertext back to the top level without showing its contents: the interactive
/// replacement of bootstrapping, one round among t parties.
///
/// ```
/// share:      h_j = λ_j·c_1·S_j - M_j               mod Q_l    M_j uniform of b bits
///             r_j = -a·λ_j·S_j + M_j + e_j          mod Q_L    a from the reference string
/// aggregate:  c_0' = lift(c_0 + Σ h_j) + Σ r_j,  c_1' = a      = m + e + Σ e_j under the same key
/// ```
///
/// What the evaluator sees, `m + e - Σ M_j`, is hidden by every single honest mask up to `N·2^-λ`,
/// because the masks have λ bits more than message and error. So the level must have room:
/// `2^λ·(Δ·|values|)·parties ≤ Q_l`, the rule of Lattigo's GetMinimumLevelForRefresh, with the
/// circuit's bound on the message instead of Δ alone.
///
/// Error: that of the ciphertext plus `Σ e_j`, a deviation of `3.19·√t`. The scale does not change;
/// where the next operation needs the canonical scale of the top level, use
/// [CkksEvaluator#matchTo][ai.cifer.homocryption.ckks.CkksEvaluator].
///
/// The rules of [DecryptionLog] hold: a ciphertext is refreshed once, and never refreshed and
/// decrypted; τ counts decryptions only.
///
/// Stateless; thread-safe.
///
/// @see <a href="https://eprint.iacr.org/2020/304">Multiparty Homomorphic Encryption from RLWE,
///   protocol 4 (ColBootstrap)</a>
public final class CollectiveRefresh {
  private final ThresholdSession session;
  private final CkksPublicKey publicKey;
  private final RnsRing ring;
  private final int statisticalBits;

  /// @param statisticalBits λ, 40 to 128
  public CollectiveRefresh(ThresholdSession session, CkksPublicKey publicKey, int statisticalBits) {
    if (statisticalBits < 40 || statisticalBits > 128) {
      throw new IllegalArgumentException(
          "statistical_bits: " + statisticalBits + " (expected: 40 to 128)");
    }
    this.session = session;
    this.publicKey = publicKey;
    this.ring = session.parameters().ring();
    this.statisticalBits = statisticalBits;
  }

  /// Bits b of a mask: λ more than the message and its error have.
  private int maskBits(CircuitErrorBound circuit) {
    double bound = circuit.magnitude() + circuit.error();
    return statisticalBits + (int) Math.ceil(TrackedErrorBound.log2(bound));
  }

  /// The lowest level at which a ciphertext with this bound can be refreshed.
  ///
  /// @throws PrecisionExhausted if there is none
  public int minimumLevel(CircuitErrorBound circuit) {
    CkksParameters parameters = session.parameters();
    int bits = maskBits(circuit);
    BigInteger needed =
        BigInteger.valueOf(session.committee().threshold())
            .shiftLeft(bits)
            .add(BigInteger.ONE.shiftLeft(bits - statisticalBits + 1));
    for (int level = 0; level <= parameters.depth(); level++) {
      if (parameters.modulus(level).compareTo(needed) >= 0) {
        return level;
      }
    }
    throw new PrecisionExhausted(
        "refresh: needs a modulus of "
            + needed.bitLength()
            + " bits (expected: at most "
            + parameters.modulus(parameters.depth()).bitLength()
            + ", that of the top level); use parameters of more depth");
  }

  /// A party's share, once for each ciphertext.
  ///
  /// @param ciphertext relinearized, at the level and scale of the circuit's result
  /// @param set the parties that refresh, the key's only active set
  /// @param circuit the static bound of the circuit that led to it
  /// @throws ThresholdException.DecryptionRefused if a rule forbids it
  /// @throws PrecisionExhausted if its level is below [#minimumLevel]
  /// @throws IOException if the log cannot be written; then no share was given
  public RefreshShare share(
      SecretKeyShare share,
      DecryptionLog log,
      CkksCiphertext ciphertext,
      ActiveSet set,
      CircuitErrorBound circuit)
      throws IOException {
    log.requireFor(share);
    DecryptionRequest request = request(share, ciphertext, set, circuit);
    log.requireAllowed(DecryptionLog.Kind.REFRESH, set, request.identity);
    RefreshShare made = make(share, ciphertext, request, circuit);
    log.append(DecryptionLog.Kind.REFRESH, set, request.identity, request.request, made.hash());
    return made;
  }

  /// Gives again the share that the log says was given, or was about to be given before a crash.
  ///
  /// @throws ThresholdException.DecryptionRefused if it is not identical to the last bit
  public RefreshShare resend(
      SecretKeyShare share,
      DecryptionLog log,
      CkksCiphertext ciphertext,
      ActiveSet set,
      CircuitErrorBound circuit) {
    log.requireFor(share);
    DecryptionRequest request = request(share, ciphertext, set, circuit);
    RefreshShare made = make(share, ciphertext, request, circuit);
    log.requireIdentical(
        DecryptionLog.Kind.REFRESH, set, request.identity, request.request, made.hash());
    return made;
  }

  private DecryptionRequest request(
      SecretKeyShare share, CkksCiphertext ciphertext, ActiveSet set, CircuitErrorBound circuit) {
    session.requireSame(share.session(), "key share of party " + share.party());
    DecryptionRequest.check(share, ciphertext, set);
    DecryptionRequest.requireResultOf(circuit, ciphertext);
    int least = minimumLevel(circuit);
    if (ciphertext.level() < least) {
      throw new PrecisionExhausted(
          "level: "
              + ciphertext.level()
              + " (expected: at least "
              + least
              + ", so that masks hide the message by "
              + statisticalBits
              + " bits); refresh earlier");
    }
    return new DecryptionRequest(
        session, DecryptionLog.Kind.REFRESH, ciphertext, set, maskBits(circuit));
  }

  private RefreshShare make(
      SecretKeyShare share,
      CkksCiphertext ciphertext,
      DecryptionRequest request,
      CircuitErrorBound circuit) {
    RnsPolynomial c1 = ciphertext.polynomial(1);
    byte[] maskSeed = request.errorSeed(share, "mask");
    byte[] errorSeed = request.errorSeed(share, "error");
    RnsPolynomial mask =
        UniformMask.draw(ring, ring.ciphertextPrimes(), maskBits(circuit), maskSeed);
    RnsPolynomial masked = Residues.zero(ring, c1.size());
    for (int i = 0; i < masked.size(); i++) {
      ring.kernel(i).negate(mask.row(i), masked.row(i));
    }
    WeightedShare.addProduct(share, request.set, c1, masked);
    RnsPolynomial encrypted = Residues.zero(ring, ring.ciphertextPrimes());
    WeightedShare.addProduct(share, request.set, common(request.identity), encrypted);
    double[] error = ring.buffers().take();
    double[] transformed = ring.buffers().take();
    try (var errors = new RnsSampler(errorSeed)) {
      errors.gaussian(Purpose.ERROR, 0, 0, error);
      for (int i = 0; i < encrypted.size(); i++) {
        System.arraycopy(error, 0, transformed, 0, error.length);
        ring.kernel(i).forward(transformed);
        ring.kernel(i).add(transformed, mask.row(i), transformed);
        ring.kernel(i).subtract(transformed, encrypted.row(i), encrypted.row(i));
      }
    } finally {
      Arrays.fill(maskSeed, (byte) 0);
      Arrays.fill(errorSeed, (byte) 0);
      mask.clear();
      ring.buffers().giveCleared(error);
      ring.buffers().giveCleared(transformed);
    }
    return new RefreshShare(
        session,
        share.keyId(),
        share.party(),
        request.set,
        ciphertext.level(),
        request.ciphertextHash,
        masked,
        encrypted);
  }

  /// The public `a` of a refresh: since a ciphertext is refreshed once, it is never used again.
  private RnsPolynomial common(byte[] identity) {
    try (var uniform = new RnsSampler(session.commonSeed("refresh", identity))) {
      int[] primes = IntStream.range(0, ring.ciphertextPrimes()).toArray();
      return uniform.uniform(ring, primes, 0, false);
    }
  }

  /// The refreshed ciphertext, at the top level.
  ///
  /// @param shares exactly one from each party of the active set
  /// @throws CombinationFailed if they do not belong together
  public CkksCiphertext aggregate(CkksCiphertext ciphertext, Collection<RefreshShare> shares) {
    ActiveSet set = requireTogether(ciphertext, shares);
    CkksParameters parameters = session.parameters();
    RnsPolynomial opened = ciphertext.polynomial(0).copy();
    for (RefreshShare share : shares) {
      Residues.addInto(ring, share.masked(), opened);
    }
    RnsPolynomial c0 = ModulusRaise.raise(ring, opened, ring.ciphertextPrimes());
    for (RefreshShare share : shares) {
      Residues.addInto(ring, share.encrypted(), c0);
    }
    var request = new DecryptionRequest(session, DecryptionLog.Kind.REFRESH, ciphertext, set, 0);
    return new CkksCiphertext(
        parameters,
        publicKey.keyId(),
        List.of(c0, common(request.identity)),
        parameters.depth(),
        ciphertext.scale());
  }

  private ActiveSet requireTogether(CkksCiphertext ciphertext, Collection<RefreshShare> shares) {
    byte[] hash = DecryptionRequest.ciphertextHash(session, ciphertext);
    TreeSet<Integer> parties = new TreeSet<>();
    ActiveSet set = null;
    for (RefreshShare share : shares) {
      session.requireSame(share.session(), "refresh share of party " + share.party());
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
                + ", for this ciphertext)");
      }
    }
    if (set == null || parties.size() != set.parties().length) {
      throw new CombinationFailed(
          "shares: from parties " + parties + " (expected: from the whole active set)");
    }
    return set;
  }
}
