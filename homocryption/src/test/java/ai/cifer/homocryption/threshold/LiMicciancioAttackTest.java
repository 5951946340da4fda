package ai.cifer.homocryption.threshold;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.rns.RnsLift;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why results are smudged, and why a ciphertext has one share only: the attacks, on what the
/// protocols would give away without their rules.
///
/// @see <a href="https://eprint.iacr.org/2020/1533">Li, Micciancio: On the Security of Homomorphic
///   Encryption on Approximate Numbers</a>
class LiMicciancioAttackTest {
  private static final CkksParameters P = InsecureParameters.composite(8);

  private final TestCommittee committee = TestCommittee.of(P, 3, 2);
  private final RnsRing ring = committee.ring;
  private final CkksCiphertext x = committee.encrypt(committee.vector(Math::sin));

  @TempDir Path folder;

  @AfterEach
  void close() {
    committee.close();
  }

  /// `(p - c_0)/c_1` modulo the first prime: the attacker's guess of s from a decryption p.
  private double[] guess(RnsPolynomial decrypted) {
    double[] row = decrypted.row(0).clone();
    ring.kernel(0).subtract(row, x.polynomial(0).row(0), row);
    double[] inverse = x.polynomial(1).row(0).clone();
    BigInteger p = BigInteger.valueOf(ring.prime(0));
    for (int j = 0; j < inverse.length; j++) {
      inverse[j] = ring.constant(BigInteger.valueOf((long) inverse[j]).mod(p).modInverse(p), 0);
    }
    ring.kernel(0).multiply(row, inverse, row);
    ring.kernel(0).inverse(row);
    return row;
  }

  /// Of three ternary secrets, no coefficient exceeds 3.
  private static long small(double[] row) {
    long count = 0;
    for (double v : row) {
      count += Math.abs(v) <= 3 ? 1 : 0;
    }
    return count;
  }

  @Test
  void aResultWithoutSmudgingIsTheKey() {
    double[] key = committee.jointSecret.row(0).clone();
    ring.kernel(0).inverse(key);
    assertThat(guess(Phases.phase(committee, x))).isEqualTo(key);
    assertThat(small(key)).isEqualTo(P.degree());
  }

  @Test
  void aSmudgedResultIsNot() throws IOException {
    var policy = new SmudgingPolicy(1, 30);
    Smudging smudging =
        Smudging.of(committee.session, policy, TrackedErrorBound.fresh(committee.session, 1), 20);
    RnsPolynomial raw = x.polynomial(0).copy();
    ActiveSet set = ActiveSet.of(committee.session.committee(), 1, 2);
    for (int party : set.parties()) {
      try (DecryptionLog log = committee.createLog(folder, party, policy)) {
        Residues.addInto(
            ring,
            new PartialDecryptor(committee.shares.get(party - 1), log)
                .decrypt(x, set, smudging)
                .rows(),
            raw);
      }
    }
    double[] guessed = guess(raw);
    assertThat(small(guessed)).isLessThan(3);
    // 99.9999 % point of 63 degrees of freedom.
    assertThat(SecretSharingPropertyTest.chiSquare(guessed, ring.prime(0))).isLessThan(128);
  }

  /// Two shares of one ciphertext under two active sets: party 1 has the weights 2 (with party 2)
  /// and 3/2 (with party 3), so `3·d - 4·d'` is `3·e - 4·e'` exactly, and shows e modulo 4.
  @Test
  void twoActiveSetsShowTheSmudgingErrorModuloAWeight() throws IOException {
    var policy = new SmudgingPolicy(1, 30);
    Smudging smudging =
        Smudging.of(committee.session, policy, TrackedErrorBound.fresh(committee.session, 1), 20);
    SecretKeyShare share = committee.shares.getFirst();
    RnsPolynomial[] given = new RnsPolynomial[2];
    for (int k = 0; k < 2; k++) {
      // Two logs: what the rule forbids.
      Path logs = Files.createTempDirectory(folder, "log");
      try (DecryptionLog log = committee.createLog(logs, 1, policy)) {
        given[k] =
            new PartialDecryptor(share, log)
                .decrypt(x, ActiveSet.of(committee.session.committee(), 1, k + 2), smudging)
                .rows();
      }
    }
    RnsPolynomial relation = Residues.zero(ring, given[0].size());
    RnsPolynomial error = given[0].copy();
    RnsPolynomial exact = Residues.zero(ring, given[0].size());
    WeightedShare.addProduct(
        share, ActiveSet.of(committee.session.committee(), 1, 2), x.polynomial(1), exact);
    for (int i = 0; i < relation.size(); i++) {
      ring.kernel(i).multiplyAdd(given[0].row(i), 3, relation.row(i));
      ring.kernel(i).multiplyAdd(given[1].row(i), -4, relation.row(i));
      ring.kernel(i).subtract(error.row(i), exact.row(i), error.row(i));
    }
    double[] known = new double[P.degree()];
    double[] truth = new double[P.degree()];
    new RnsLift(ring).lift(relation, known);
    new RnsLift(ring).lift(error, truth);
    for (int j = 0; j < known.length; j++) {
      // 3·e = known modulo 4, and 3 is its own inverse.
      assertThat(Math.floorMod(3 * (long) known[j], 4))
          .isEqualTo(Math.floorMod((long) truth[j], 4));
    }
  }
}
