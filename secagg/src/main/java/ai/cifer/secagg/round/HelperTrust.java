package ai.cifer.secagg.round;

import ai.cifer.fedlearn.round.Quorum;
import java.util.Arrays;

/// How many actively malicious helpers a threshold must withstand without two cohorts being
/// certified.
public enum HelperTrust {
  /// A third of the helpers may be malicious: `m = floor((c - 1) / 3)`; the default.
  MALICIOUS_THIRD("two-thirds"),
  /// Helpers follow the protocol: `m = 0`.
  HONEST("majority");

  private final String key;

  HelperTrust(String key) {
    this.key = key;
  }

  /// The word in configuration files: how many helpers are needed.
  public String key() {
    return key;
  }

  /// The trust of a word.
  ///
  /// @throws IllegalArgumentException if there is none; the message lists all words
  public static HelperTrust of(String key) {
    for (HelperTrust trust : values()) {
      if (trust.key.equals(key)) {
        return trust;
      }
    }
    throw new IllegalArgumentException(
        "threshold: %s (expected: one of %s)"
            .formatted(key, Arrays.stream(values()).map(HelperTrust::key).toList()));
  }

  /// m, the most helpers that may be malicious.
  public int malicious(int helpers) {
    return this == HONEST ? 0 : (helpers - 1) / 3;
  }

  /// Whether `2t > c + m`, so that two quorums share an honest helper, which signs once.
  ///
  /// One helper alone is the key holder, who is trusted by choice.
  public boolean admits(int threshold, int helpers) {
    return helpers == 1 ? threshold == 1 : 2 * threshold > helpers + malicious(helpers);
  }

  /// The usual threshold: `floor(2c/3) + 1`, or `floor(c/2) + 1` with honest helpers, at most c.
  public int threshold(int helpers) {
    return quorum().of(helpers);
  }

  /// The same as the share of the helpers that are needed.
  public Quorum quorum() {
    return this == HONEST ? Quorum.MAJORITY : Quorum.TWO_THIRDS;
  }
}
