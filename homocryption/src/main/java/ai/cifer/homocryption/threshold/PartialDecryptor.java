package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.io.IOException;
import java.util.Arrays;

/// One party's side of a threshold decryption.
///
/// **Guarantees**, against up to t - 1 colluding parties together with a semi-honest evaluator:
/// results of at most τ decryptions under the key do not show which inputs with these results were
/// encrypted, up to the policy's s bits; and the rules of [DecryptionLog] hold across restarts and
/// crashes.
///
/// **Does not guarantee**: anything for ciphertexts that were not computed as agreed (IND-CCA): a
/// party gives its share only for a ciphertext whose whole computation it verified, that is, signed
/// inputs and a circuit on its own list. The surest way is to compute it oneself: evaluation is
/// deterministic to the last bit, whatever the machine, so all parties that compute the same
/// circuit on the same inputs hold the same ciphertext, and shares of any other do not combine with
/// theirs. Nor simulation security: independent smudging in CKKS protocols reaches "liberal"
/// security only (ePrint 2025/395). Nor correctness if another party sends a wrong share:
/// [ResultCombiner] notices, it cannot name who.
///
/// Thread-safe.
public final class PartialDecryptor {
  private final SecretKeyShare share;
  private final DecryptionLog log;
  private final Runnable afterPersist;

  /// @param share stays the caller's
  /// @param log opened for this share; stays the caller's
  public PartialDecryptor(SecretKeyShare share, DecryptionLog log) {
    this(share, log, () -> {});
  }

  /// @param afterPersist what happens between the log and the return, for crash tests
  PartialDecryptor(SecretKeyShare share, DecryptionLog log, Runnable afterPersist) {
    log.requireFor(share);
    this.share = share;
    this.log = log;
    this.afterPersist = afterPersist;
  }

  /// Gives this party's share of a decryption, once.
  ///
  /// Error: Gaussian with [Smudging#sigma] in each coefficient. Cost: k transforms for k primes,
  /// and one write to the disk.
  ///
  /// @param ciphertext relinearized, at the level and scale of the circuit's result, and verified
  ///   by the caller to be that result
  /// @param set the parties that decrypt, this one among them, the same for all of them
  /// @param smudging made by this party itself from the agreed circuit
  /// @throws ThresholdException.DecryptionRefused if a rule forbids it
  /// @throws ThresholdException.ProtocolViolation if the smudging is that of another session
  /// @throws IOException if the log cannot be written; then no share was given
  public PartialDecryption decrypt(CkksCiphertext ciphertext, ActiveSet set, Smudging smudging)
      throws IOException {
    DecryptionRequest request = request(ciphertext, set, smudging);
    log.requireAllowed(DecryptionLog.Kind.DECRYPTION, set, request.identity);
    PartialDecryption made = make(ciphertext, request, smudging);
    log.append(DecryptionLog.Kind.DECRYPTION, set, request.identity, request.request, made.hash());
    afterPersist.run();
    return made;
  }

  /// Gives again the share that the log says was given, or was about to be given before a crash.
  ///
  /// @throws ThresholdException.DecryptionRefused if it is not identical to the last bit
  public PartialDecryption resend(CkksCiphertext ciphertext, ActiveSet set, Smudging smudging) {
    DecryptionRequest request = request(ciphertext, set, smudging);
    PartialDecryption made = make(ciphertext, request, smudging);
    log.requireIdentical(
        DecryptionLog.Kind.DECRYPTION, set, request.identity, request.request, made.hash());
    return made;
  }

  private DecryptionRequest request(CkksCiphertext ciphertext, ActiveSet set, Smudging smudging) {
    DecryptionRequest.check(share, ciphertext, set);
    share.session().requireSame(smudging.session(), "smudging");
    DecryptionRequest.requireResultOf(smudging.circuit(), ciphertext);
    if (!smudging.policy().equals(log.policy())) {
      throw new ThresholdException.DecryptionRefused(
          "smudging: "
              + smudging.policy()
              + " (expected: "
              + log.policy()
              + ", the policy of the key); rotate the key to change it");
    }
    return new DecryptionRequest(
        share.session(), DecryptionLog.Kind.DECRYPTION, ciphertext, set, smudging.sigma());
  }

  private PartialDecryption make(
      CkksCiphertext ciphertext, DecryptionRequest request, Smudging smudging) {
    RnsRing ring = share.session().parameters().ring();
    RnsPolynomial c1 = ciphertext.polynomial(1);
    byte[] seed = request.errorSeed(share, "smudging");
    RnsPolynomial rows = smudging.gaussian().sample(ring, c1.size(), seed);
    Arrays.fill(seed, (byte) 0);
    WeightedShare.addProduct(share, request.set, c1, rows);
    return new PartialDecryption(
        share.session(),
        share.keyId(),
        share.party(),
        request.set,
        ciphertext.level(),
        request.ciphertextHash,
        rows);
  }

  @Override
  public String toString() {
    return "PartialDecryptor(" + share + ")";
  }
}
