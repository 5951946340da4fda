package ai.cifer.cli.plan;

import ai.cifer.cli.plan.PlanDocument.Helping;
import ai.cifer.cli.plan.PlanDocument.Majority;
import ai.cifer.cli.plan.PlanDocument.TooFew;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.HelperTrust;
import java.util.List;

/// What a threshold withstands, and how likely it is that too few are there.
final class HelperFigures {
  private static final List<Double> ABSENT = List.of(0.05, 0.1, 0.2);

  private HelperFigures() {}

  static Helping of(HelperTrust trust, EncryptionMode mode, int count) {
    if (mode.hasKeyHolder()) {
      return new Helping(1, 1, 0, 0, 0, null, null, tooFew(1, 1), null);
    }
    int needed = trust.threshold(count);
    int malicious = trust.malicious(count);
    // PROTOCOL 2.7: of r statements secrecy holds against min(t - 1, t - 1 - (c - r)).
    int statements = trust.quorum().statements(count);
    int majority = HelperTrust.HONEST.threshold(count);
    return new Helping(
        count,
        needed,
        count - needed,
        malicious,
        needed - 1,
        statements,
        Math.max(0, needed - 1 - (count - statements)),
        tooFew(count, needed),
        trust == HelperTrust.HONEST
            ? null
            : new Majority(majority, count - majority, majority - 1, tooFew(count, majority)));
  }

  private static List<TooFew> tooFew(int count, int needed) {
    return ABSENT.stream()
        .map(absent -> new TooFew(absent, fewerThan(needed, count, 1 - absent)))
        .toList();
  }

  /// `P(X < needed)` for the number X of those who are there, each independently with `present`.
  static double fewerThan(int needed, int count, double present) {
    double sum = 0;
    double term = Math.pow(1 - present, count);
    for (int there = 0; there < needed; there++) {
      sum += term;
      term *= (double) (count - there) / (there + 1) * present / (1 - present);
    }
    return sum;
  }
}
