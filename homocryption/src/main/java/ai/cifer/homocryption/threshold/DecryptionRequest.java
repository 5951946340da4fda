package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.threshold.ThresholdException.DecryptionRefused;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// One ciphertext for one purpose with one active set: the checks that come before a share, and the
/// hashes that name it.
///
/// - The **ciphertext's identity** covers `c_1` modulo the primes of level 0 only: a share depends
///   on nothing else of the ciphertext, and dropping levels does not change it.
/// - The **request** covers purpose, active set, width of the error and all rows of `c_1`. The
///   **error seed** is derived from it: the same request has the same error, and any other request
///   another one, or the difference of two shares would be free of errors. That would show the key
///   share itself where the log was rolled back with its machine and two requests agree in the rows
///   of level 0 only, or differ in the active set only.
/// - The **ciphertext hash** covers everything and travels with the share, so that shares of
///   different ciphertexts cannot be combined.
final class DecryptionRequest {
  /// Deviations of a binomial count that an honest c_1 does not exceed.
  private static final double SPREAD = 8;

  final ActiveSet set;
  final byte[] identity;
  final byte[] request;
  final byte[] ciphertextHash;

  DecryptionRequest(
      ThresholdSession session,
      DecryptionLog.Kind kind,
      CkksCiphertext ciphertext,
      ActiveSet set,
      double sigma) {
    this.set = set;
    RnsPolynomial c1 = ciphertext.polynomial(1);
    this.identity =
        hash(session, ciphertext, "identity", new byte[0], c1, session.parameters().primes(0));
    byte[] purpose =
        ByteBuffer.allocate(20).putInt(kind.number).putLong(set.bits()).putDouble(sigma).array();
    this.request = hash(session, ciphertext, "request", purpose, c1, c1.size());
    this.ciphertextHash = ciphertextHash(session, ciphertext);
  }

  static byte[] ciphertextHash(ThresholdSession session, CkksCiphertext ciphertext) {
    RnsPolynomial c0 = ciphertext.polynomial(0);
    RnsPolynomial c1 = ciphertext.polynomial(1);
    byte[] first = hash(session, ciphertext, "c0", new byte[0], c0, c0.size());
    byte[] facts =
        ByteBuffer.allocate(44)
            .putInt(ciphertext.level())
            .putDouble(ciphertext.scale())
            .put(first)
            .array();
    return hash(session, ciphertext, "ciphertext", facts, c1, c1.size());
  }

  private static byte[] hash(
      ThresholdSession session,
      CkksCiphertext ciphertext,
      String purpose,
      byte[] facts,
      RnsPolynomial polynomial,
      int rows) {
    MessageDigest sha = ThresholdSession.sha256();
    byte[] name = purpose.getBytes(StandardCharsets.US_ASCII);
    sha.update("cifer-threshold-request-v1".getBytes(StandardCharsets.US_ASCII));
    sha.update(session.digest().bytes());
    sha.update(
        ByteBuffer.allocate(28)
            .putLong(ciphertext.keyId().high())
            .putLong(ciphertext.keyId().low())
            .putInt(rows)
            .putInt(name.length)
            .putInt(facts.length)
            .array());
    sha.update(name);
    sha.update(facts);
    Residues.hash(sha, polynomial, rows);
    return sha.digest();
  }

  /// The seed of the errors of one use within this request.
  byte[] errorSeed(SecretKeyShare share, String use) {
    byte[] name = use.getBytes(StandardCharsets.US_ASCII);
    return share.errorSeed(
        ByteBuffer.allocate(request.length + 4 + name.length)
            .put(request)
            .putInt(name.length)
            .put(name)
            .array());
  }

  /// The checks that need no circuit.
  static void check(SecretKeyShare share, CkksCiphertext ciphertext, ActiveSet set) {
    ThresholdSession session = share.session();
    if (!ciphertext.parameters().equals(session.parameters())
        || !ciphertext.keyId().equals(share.keyId())) {
      throw new DecryptionRefused(
          "ciphertext: under key "
              + ciphertext.keyId()
              + " (expected: "
              + share.keyId()
              + "); this share decrypts only what was encrypted under its own joint key");
    }
    if (ciphertext.size() != 2) {
      throw new DecryptionRefused(
          "ciphertext: "
              + ciphertext.size()
              + " polynomials (expected: 2); relinearize it before decryption");
    }
    if (!set.committee().equals(session.committee()) || !set.contains(share.party())) {
      throw new DecryptionRefused(
          set
              + ": party "
              + share.party()
              + " is not in it, or it is of another committee (expected: a set with this party)");
    }
    requireHidden(session, ciphertext);
  }

  /// Refuses a transparent ciphertext and its cousins: an honest `c_1` is indistinguishable from
  /// uniform modulo every prime. One that is 0 modulo a prime, or whose coefficients are all small
  /// or mostly zero, was made by somebody who wants the share itself: `c_1 = K` gives `K·s` plus an
  /// error. The test is `|#{|x| < p/4} - N/2| ≤ 8·√N/2`; an honest polynomial fails with
  /// probability below `2·e^-32 < 2^-45` for each prime (Hoeffding).
  private static void requireHidden(ThresholdSession session, CkksCiphertext ciphertext) {
    RnsRing ring = session.parameters().ring();
    RnsPolynomial c1 = ciphertext.polynomial(1);
    double[] coefficients = ring.buffers().take();
    boolean hidden = true;
    for (int i = 0; i < c1.size() && hidden; i++) {
      PrimeKernel kernel = ring.kernel(i);
      System.arraycopy(c1.row(i), 0, coefficients, 0, coefficients.length);
      kernel.inverse(coefficients);
      int small = 0;
      for (double x : coefficients) {
        small += Math.abs(x) < ring.prime(i) / 4.0 ? 1 : 0;
      }
      double excess = Math.abs(small - coefficients.length / 2.0);
      hidden = excess <= SPREAD * Math.sqrt(coefficients.length) / 2;
    }
    ring.buffers().give(coefficients);
    if (!hidden) {
      throw new DecryptionRefused(
          "ciphertext: transparent, its c_1 does not look random (expected: as from an encryption);"
              + " it was forged, or computed as a difference of equal ciphertexts");
    }
  }

  /// The ciphertext must be at the level and scale that the circuit ends at.
  static void requireResultOf(CircuitErrorBound circuit, CkksCiphertext ciphertext) {
    CkksParameters parameters = ciphertext.parameters();
    boolean sameScale = Math.abs(ciphertext.scale() - circuit.scale()) <= 0x1p-40 * circuit.scale();
    if (!circuit.parameters().equals(parameters)
        || ciphertext.level() != circuit.level()
        || !sameScale) {
      throw new DecryptionRefused(
          "ciphertext: level "
              + ciphertext.level()
              + ", scale "
              + ciphertext.scale()
              + " (expected: level "
              + circuit.level()
              + ", scale "
              + circuit.scale()
              + ", where the agreed circuit ends); it is not the result of that circuit");
    }
  }
}
