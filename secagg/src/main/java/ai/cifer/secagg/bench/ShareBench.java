package ai.cifer.secagg.bench;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.round.HelperTrust;
import ai.cifer.secagg.share.Shamir;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;

/// Sharing a secret among as many helpers as a round may have, and putting a sum together.
final class ShareBench {
  static final int HELPERS = 32;

  private static final int RUNS = 400;

  private final SecureRandom random = new SecureRandom();
  private final int threshold = HelperTrust.MALICIOUS_THIRD.threshold(HELPERS);
  private final int[] secret;
  private int[][] shares = new int[0][];

  ShareBench(AggregationParameters parameters) {
    secret = new int[parameters.degree()];
    for (int i = 0; i < secret.length; i++) {
      secret[i] =
          random.nextInt(2 * AggregationParameters.NOISE_BOUND) - AggregationParameters.NOISE_BOUND;
    }
  }

  double splitMillis() {
    ProcessorTime time = new ProcessorTime();
    for (int i = 0; i < RUNS; i++) {
      time.measure(() -> shares = Shamir.split(secret, threshold, HELPERS, random));
    }
    return time.medianMillis();
  }

  double combineMillis() {
    Map<Integer, int[]> quorum = new HashMap<>();
    for (int j = 1; j <= threshold; j++) {
      quorum.put(j, shares[j - 1]);
    }
    ProcessorTime time = new ProcessorTime();
    for (int i = 0; i < RUNS; i++) {
      time.measure(() -> Shamir.combine(quorum));
    }
    return time.medianMillis();
  }
}
