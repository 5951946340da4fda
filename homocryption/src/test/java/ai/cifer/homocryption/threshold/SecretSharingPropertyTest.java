package ai.cifer.homocryption.threshold;

import static ai.cifer.homocryption.threshold.TestCommittee.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.threshold.ThresholdException.ProtocolViolation;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// Any t shares give the secret, fewer give uniform noise.
class SecretSharingPropertyTest {
  private static final CkksParameters P = InsecureParameters.composite(8);

  /// `Σ λ_j·S_j` over a set that is thought to suffice.
  private static RnsPolynomial combine(RnsRing ring, ActiveSet set, List<RnsPolynomial> shares) {
    RnsPolynomial sum = Residues.zero(ring, ring.ciphertextPrimes());
    for (int party : set.parties()) {
      for (int i = 0; i < sum.size(); i++) {
        ring.kernel(i)
            .multiplyAdd(shares.get(party - 1).row(i), set.lagrange(ring, party, i), sum.row(i));
      }
    }
    return sum;
  }

  @Property(tries = 25)
  void anySetOfThresholdSizeGivesTheSecret(
      @ForAll @IntRange(min = 2, max = 9) int parties,
      @ForAll @IntRange(min = 2, max = 9) int wanted,
      @ForAll long choice) {
    int threshold = Math.min(wanted, parties);
    ThresholdSession session = TestCommittee.session(P, parties, threshold);
    RnsRing ring = P.ring();
    try (PartySecretKey secret = PartySecretKey.generate(session, 1, RANDOM)) {
      List<RnsPolynomial> dealt =
          new SecretSharing(session)
              .deal(secret, RANDOM).stream().map(DealtSecretShare::rows).toList();
      ActiveSet set = ActiveSet.of(session.committee(), subset(parties, threshold, choice));
      RnsPolynomial expected = secret.take(session, "test");
      RnsPolynomial actual = combine(ring, set, dealt);
      for (int i = 0; i < ring.ciphertextPrimes(); i++) {
        assertThat(actual.row(i)).isEqualTo(expected.row(i));
      }
    }
  }

  /// A subset that depends on the choice only.
  private static int[] subset(int parties, int size, long choice) {
    java.util.ArrayList<Integer> left = new java.util.ArrayList<>();
    for (int party = 1; party <= parties; party++) {
      left.add(party);
    }
    int[] chosen = new int[size];
    long rest = choice;
    for (int k = 0; k < size; k++) {
      chosen[k] = left.remove((int) Long.remainderUnsigned(rest, left.size()));
      rest = rest * 6364136223846793005L + 1442695040888963407L;
    }
    return chosen;
  }

  /// Chi-square of 64 equal cells of the range modulo each prime, for the combination of t - 1
  /// shares as if they were enough, minus the secret. 99.9999 % point of 63 degrees of freedom:
  /// 128; of shares that leak, thousands.
  @Test
  void oneShareLessIsUniformAndIndependentOfTheSecret() {
    CkksParameters large = InsecureParameters.composite(12);
    ThresholdSession session = TestCommittee.session(large, 4, 3);
    RnsRing ring = large.ring();
    try (PartySecretKey secret = PartySecretKey.generate(session, 1, RANDOM)) {
      List<RnsPolynomial> dealt =
          new SecretSharing(session)
              .deal(secret, RANDOM).stream().map(DealtSecretShare::rows).toList();
      ActiveSet two = ActiveSet.of(new Committee(4, 2), 2, 4);
      RnsPolynomial guess = combine(ring, two, dealt);
      RnsPolynomial s = secret.take(session, "test");
      for (int i = 0; i < guess.size(); i++) {
        double[] row = guess.row(i).clone();
        ring.kernel(i).subtract(row, s.row(i), row);
        ring.kernel(i).inverse(row);
        assertThat(chiSquare(row, ring.prime(i))).as("prime %d", i).isLessThan(128);
      }
      RnsPolynomial three = combine(ring, ActiveSet.of(session.committee(), 2, 3, 4), dealt);
      double[] whole = three.row(0).clone();
      ring.kernel(0).inverse(whole);
      assertThat(chiSquare(whole, ring.prime(0))).isGreaterThan(10_000);
    }
  }

  static double chiSquare(double[] values, long prime) {
    int cells = 64;
    int[] counts = new int[cells];
    for (double x : values) {
      counts[(int) Math.min(cells - 1, (x / prime + 0.5) * cells)]++;
    }
    double expected = (double) values.length / cells;
    double sum = 0;
    for (int count : counts) {
      sum += (count - expected) * (count - expected) / expected;
    }
    return sum;
  }

  @Test
  void sharesGoToTheirReceiverAndAllAreNeeded() {
    ThresholdSession session = TestCommittee.session(P, 2, 2);
    var sharing = new SecretSharing(session);
    try (PartySecretKey one = PartySecretKey.generate(session, 1, RANDOM);
        PartySecretKey two = PartySecretKey.generate(session, 2, RANDOM);
        TestCommittee other = TestCommittee.of(P, 2, 2)) {
      List<DealtSecretShare> ofOne = sharing.deal(one, RANDOM);
      List<DealtSecretShare> ofTwo = sharing.deal(two, RANDOM);
      assertThatThrownBy(() ->
              sharing.aggregate(1, other.publicKey, List.of(ofOne.get(0), ofTwo.get(1)), RANDOM))
          .isInstanceOf(ProtocolViolation.class)
          .hasMessageContaining("its receiver only");
      assertThatThrownBy(() -> sharing.aggregate(1, other.publicKey, List.of(ofOne.get(0)), RANDOM))
          .isInstanceOf(ProtocolViolation.class)
          .hasMessageContaining("from parties [1] (expected: from all 2)");
      assertThatThrownBy(() ->
              sharing.aggregate(1, other.publicKey, List.of(ofOne.get(0), ofOne.get(0)), RANDOM))
          .isInstanceOf(ProtocolViolation.class);
      List<DealtSecretShare> toTwo = List.of(ofOne.get(1), ofTwo.get(1));
      try (SecretKeyShare made = sharing.aggregate(2, other.publicKey, toTwo, RANDOM)) {
        assertThat(made.party()).isEqualTo(2);
      }
      assertThatThrownBy(() -> sharing.aggregate(2, other.publicKey, toTwo, RANDOM))
          .isInstanceOf(IllegalStateException.class);
      ofOne.get(0).close();
      assertThatThrownBy(() ->
              sharing.aggregate(1, other.publicKey, List.of(ofOne.get(0), ofTwo.get(0)), RANDOM))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void closedSharesAreZero() {
    try (TestCommittee committee = TestCommittee.of(P, 2, 2)) {
      SecretKeyShare share = committee.shares.getFirst();
      RnsPolynomial rows = share.rows();
      assertThat(rows.isZero()).isFalse();
      share.close();
      assertThat(rows.isZero()).isTrue();
      assertThatThrownBy(share::rows).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> share.errorSeed(new byte[1]))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void anActiveSetHasExactlyThresholdMembers() {
    Committee committee = new Committee(5, 3);
    assertThat(ActiveSet.of(committee, 5, 1, 3))
        .isEqualTo(ActiveSet.ofBits(committee, 0b10101))
        .hasToString("ActiveSet[1, 3, 5]");
    for (int[] wrong : new int[][] {{1, 2}, {1, 2, 3, 4}, {1, 1, 2}, {0, 1, 2}, {1, 2, 6}}) {
      assertThatThrownBy(() -> ActiveSet.of(committee, wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
