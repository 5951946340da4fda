package ai.cifer.secagg.coordinator;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.secagg.share.Shamir;
import java.util.Map;
import java.util.TreeMap;

/// The sums of shares that helpers revealed for one cohort, until t of them give the sum of
/// secrets. Safe for several threads: late ones come while the sum is opened.
public final class Reveals {
  private final VerifiedRound round;
  private final Cohort cohort;
  private final Map<Integer, int[]> sums = new TreeMap<>();

  public Reveals(VerifiedRound round, Cohort cohort) {
    this.round = round;
    this.cohort = cohort;
  }

  /// Takes in a sum.
  ///
  /// @throws ContributionRefused if it is not a helper's for this cohort
  public synchronized void add(Reveal reveal) {
    boolean fits =
        round.isHelper(reveal.helper())
            && reveal.ctx().equals(cohort.ctx())
            && reveal.segment() == cohort.segment()
            && reveal.attempt() == cohort.attempt()
            && reveal.cohort().equals(cohort.hash())
            && reveal.sum().size() == round.plan().parameters().degree()
            && round.isAuthentic(reveal);
    if (!fits) {
      throw new ContributionRefused(reveal.helper(), "reveal: not a helper's for this cohort");
    }
    sums.putIfAbsent(round.open().helperIndex(reveal.helper()), reveal.sum().toIntArray());
  }

  /// Whether t helpers revealed.
  public synchronized boolean isComplete() {
    return sums.size() >= round.open().threshold();
  }

  /// s_U, from the t reveals with the lowest indices.
  ///
  /// @throws IllegalStateException if too few revealed
  /// @throws SumRefused if a coefficient exceeds `127 |U|`: a helper or client gave a wrong one
  public synchronized Coefficients sumOfSecrets() {
    if (!isComplete()) {
      throw new IllegalStateException(
          "reveals: %d (expected: >= %d)".formatted(sums.size(), round.open().threshold()));
    }
    Map<Integer, int[]> first = new TreeMap<>();
    sums.entrySet().stream()
        .limit(round.open().threshold())
        .forEach(entry -> first.put(entry.getKey(), entry.getValue()));
    int[] sum = Shamir.combine(first);
    int bound = AggregationParameters.NOISE_BOUND * cohort.size();
    for (int value : sum) {
      if (Math.abs(value) > bound) {
        throw new SumRefused(
            "sum of secrets of segment %d: a coefficient of %d (expected: at most %d)"
                .formatted(cohort.segment(), value, bound));
      }
    }
    return Coefficients.of(sum);
  }
}
