package ai.cifer.secagg.coordinator;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.secagg.share.Shamir;
import java.security.SecureRandom;
import java.util.List;
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

  /// The same as it is now: what comes later does not change it.
  public synchronized Reveals copy() {
    Reveals copy = new Reveals(round, cohort);
    copy.sums.putAll(sums);
    return copy;
  }

  /// The helpers that revealed, ascending.
  public synchronized List<String> helpers() {
    return sums.keySet().stream()
        .map(index -> round.open().helpers().get(index - 1).helper())
        .toList();
  }

  /// The sum of secrets and who gave a wrong part of it.
  ///
  /// @param sum s_U
  /// @param blamed helpers whose reveal contradicts the others; the sum is without theirs
  public record Opened(Coefficients sum, List<String> blamed) {}

  /// s_U. Of exactly t reveals nobody can tell whether one is wrong, except that the sum is small;
  /// of r more than t, up to `floor((r - t) / 2)` wrong ones are found and left out.
  ///
  /// @throws IllegalStateException if too few revealed
  /// @throws SumRefused if a coefficient exceeds `127 |U|`, or more reveals are wrong than can be
  ///   told apart: with more of them it may open
  public synchronized Opened sumOfSecrets() {
    int threshold = round.open().threshold();
    if (!isComplete()) {
      throw new IllegalStateException(
          "reveals: %d (expected: >= %d)".formatted(sums.size(), threshold));
    }
    if (sums.size() == threshold) {
      return new Opened(checked(Shamir.combine(sums)), List.of());
    }
    Shamir.Decoded decoded =
        Shamir.decode(sums, threshold, new SecureRandom())
            .orElseThrow(() ->
                new SumRefused(
                    "reveals of segment %d: contradict one another (expected: at most %d of %d wrong, so that they can be told)"
                        .formatted(cohort.segment(), (sums.size() - threshold) / 2, sums.size())));
    List<String> blamed =
        decoded.wrong().stream()
            .map(index -> round.open().helpers().get(index - 1).helper())
            .toList();
    return new Opened(checked(decoded.values()), blamed);
  }

  private Coefficients checked(int[] sum) {
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
