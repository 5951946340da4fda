package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.helper.RequestRefused;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.share.Shamir;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Thirteen helpers, none of them corrupted, and a coordinator that shows them three large cohorts:
/// A and B together to five, A alone to four, B alone to four. No cohort reaches the threshold of
/// seven, and yet a reveal by threshold alone gives it the sums over A and over B.
class MixedCohortAttackTest {
  private static final int HELPERS = 13;
  private static final int THRESHOLD = 7;
  private static final long P = Shamir.PRIME;

  @TempDir Path spool;

  /// Which of the three cohorts helper j, from 1, is shown.
  private static boolean sees(int j, boolean a) {
    return j <= 5 || (a ? j <= 9 : j > 9);
  }

  @Test
  void withoutCertificates_bothSumsComeOutExactly() {
    RandomGenerator random = TestFederation.random(13);
    int coefficients = 64;
    int[][] secretsOfA = secrets(random, 3, coefficients);
    int[][] secretsOfB = secrets(random, 3, coefficients);
    int[][] sharesOfA = sharesOfSum(secretsOfA, coefficients);
    int[][] sharesOfB = sharesOfSum(secretsOfB, coefficients);
    int[][] revealed = new int[HELPERS][coefficients];
    for (int j = 1; j <= HELPERS; j++) {
      if (sees(j, true)) {
        Shamir.addInto(sharesOfA[j - 1], revealed[j - 1]);
      }
      if (sees(j, false)) {
        Shamir.addInto(sharesOfB[j - 1], revealed[j - 1]);
      }
    }
    for (int k = 0; k < coefficients; k++) {
      int[] found = solve(revealed, k, 3 * AggregationParameters.NOISE_BOUND);
      assertThat(found).containsExactly(sum(secretsOfA, k), sum(secretsOfB, k));
    }
  }

  @Test
  void withCertificates_nobodyReveals() throws Exception {
    TestFederation federation = new TestFederation(HELPERS, spool);
    ModelLayout layout = new ModelLayout(List.of(new TensorSpec("w", List.of(20))));
    AggregationPlan plan =
        AggregationPlan.uniform(EncryptionMode.SECURE_AGGREGATION, true, layout, 0.25f, 1000);
    Tensors model = Tensors.allocate(layout);
    TestRound round = new TestRound(federation, federation.open(plan, model, 1, 3), model);
    for (int i = 0; i < HELPERS; i++) {
      round.deliver(i, TestFederation.update(layout, TestFederation.random(i), 10), Set.of());
    }
    Candidates candidates = round.candidates(0);
    for (TestParticipant helper : round.helpers()) {
      round.hold(candidates, helper);
    }
    Cohort both = candidates.cohort();
    Cohort a = part(both, 0, 6);
    Cohort b = part(both, 6, HELPERS);

    Map<Cohort, List<CohortSignature>> signatures = new HashMap<>();
    Map<TestParticipant, Cohort> shown = new HashMap<>();
    for (int j = 1; j <= HELPERS; j++) {
      Cohort cohort = sees(j, true) && sees(j, false) ? both : sees(j, true) ? a : b;
      TestParticipant helper = round.helpers().get(j - 1);
      shown.put(helper, cohort);
      signatures
          .computeIfAbsent(cohort, any -> new ArrayList<>())
          .add(round.helper(helper).certify(cohort));
    }
    assertThat(signatures).hasSize(3);
    List<CohortSignature> all =
        signatures.values().stream()
            .flatMap(List::stream)
            .sorted(java.util.Comparator.comparing(CohortSignature::helper))
            .toList();
    for (TestParticipant helper : round.helpers()) {
      HelperRole role = round.helper(helper);
      Cohort own = shown.get(helper);
      // What it signed, with the signatures that there are; and with those on other cohorts, too.
      for (List<CohortSignature> certificate : List.of(signatures.get(own), all)) {
        assertRefused(RequestRefused.Reason.NO_QUORUM, role, own, certificate);
      }
      for (Cohort other : List.of(both, a, b)) {
        if (!other.equals(own)) {
          assertRefused(RequestRefused.Reason.NOT_SIGNED, role, other, signatures.get(other));
          assertThatThrownBy(() -> role.certify(other))
              .isInstanceOfSatisfying(
                  RequestRefused.class,
                  refused ->
                      assertThat(refused.reason()).isEqualTo(RequestRefused.Reason.SECOND_COHORT));
        }
      }
    }
  }

  private static void assertRefused(
      RequestRefused.Reason reason,
      HelperRole role,
      Cohort cohort,
      List<CohortSignature> certificate) {
    RevealRequest request = new RevealRequest(cohort.ctx(), 0, 0, cohort.hash(), certificate);
    assertThatThrownBy(() -> role.reveal(request))
        .isInstanceOfSatisfying(
            RequestRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  private static Cohort part(Cohort cohort, int from, int to) {
    return new Cohort(
        cohort.ctx(), cohort.segment(), cohort.attempt(), cohort.entries().subList(from, to));
  }

  private static int[][] secrets(RandomGenerator random, int clients, int coefficients) {
    int[][] secrets = new int[clients][coefficients];
    for (int[] secret : secrets) {
      for (int k = 0; k < coefficients; k++) {
        secret[k] = Math.clamp(Math.round(8 * random.nextGaussian()), -127, 127);
      }
    }
    return secrets;
  }

  private static int[][] sharesOfSum(int[][] secrets, int coefficients) {
    int[][] sum = new int[HELPERS][coefficients];
    for (int[] secret : secrets) {
      int[][] shares = Shamir.split(secret, THRESHOLD, HELPERS, new SecureRandom());
      for (int j = 0; j < HELPERS; j++) {
        Shamir.addInto(shares[j], sum[j]);
      }
    }
    return sum;
  }

  private static int sum(int[][] secrets, int k) {
    int sum = 0;
    for (int[] secret : secrets) {
      sum += secret[k];
    }
    return sum;
  }

  /// Thirteen equations for the 2 · 7 coefficients of the two polynomials leave a line of
  /// solutions, and of these only one has two small constant terms.
  private static int[] solve(int[][] revealed, int k, int bound) {
    int unknowns = 2 * THRESHOLD;
    long[][] rows = new long[HELPERS][unknowns + 1];
    for (int j = 1; j <= HELPERS; j++) {
      long power = 1;
      for (int degree = 0; degree < THRESHOLD; degree++) {
        rows[j - 1][degree] = sees(j, true) ? power : 0;
        rows[j - 1][THRESHOLD + degree] = sees(j, false) ? power : 0;
        power = power * j % P;
      }
      rows[j - 1][unknowns] = revealed[j - 1][k];
    }
    // The constant term of A is the free unknown: its column comes last.
    for (long[] row : rows) {
      long constant = row[0];
      System.arraycopy(row, 1, row, 0, unknowns - 1);
      row[unknowns - 1] = constant;
    }
    for (int column = 0; column < HELPERS; column++) {
      int pivot = column;
      while (rows[pivot][column] == 0) {
        pivot++;
      }
      long[] row = rows[pivot];
      rows[pivot] = rows[column];
      rows[column] = row;
      long inverse = power(row[column], P - 2);
      for (int i = 0; i <= unknowns; i++) {
        row[i] = row[i] * inverse % P;
      }
      for (long[] other : rows) {
        if (other != row && other[column] != 0) {
          long factor = other[column];
          for (int i = 0; i <= unknowns; i++) {
            other[i] = Math.floorMod(other[i] - factor * row[i] % P, P);
          }
        }
      }
    }
    long[] constantOfB = rows[THRESHOLD - 1];
    int[] found = null;
    for (int a = -bound; a <= bound; a++) {
      long b =
          Math.floorMod(
              constantOfB[unknowns] - constantOfB[unknowns - 1] * Math.floorMod(a, P) % P, P);
      b = b > P / 2 ? b - P : b;
      if (Math.abs(b) <= bound) {
        assertThat(found).as("one solution").isNull();
        found = new int[] {a, (int) b};
      }
    }
    return found;
  }

  private static long power(long base, long exponent) {
    long result = 1;
    long square = base;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        result = result * square % P;
      }
      square = square * square % P;
    }
    return result;
  }
}
