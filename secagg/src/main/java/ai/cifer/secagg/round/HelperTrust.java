package ai.cifer.secagg.round;

/// How many actively malicious helpers a threshold must withstand without two cohorts being
/// certified.
public enum HelperTrust {
  /// A third of the helpers may be malicious: `m = floor((c - 1) / 3)`; the default.
  MALICIOUS_THIRD,
  /// Helpers follow the protocol: `m = 0`.
  HONEST;

  /// Whether `2t > c + m`, so that two quorums share an honest helper, which signs once.
  ///
  /// One helper alone is the key holder, who is trusted by choice.
  public boolean admits(int threshold, int helpers) {
    int malicious = this == HONEST ? 0 : (helpers - 1) / 3;
    return helpers == 1 ? threshold == 1 : 2 * threshold > helpers + malicious;
  }

  /// The usual threshold: `floor(2c/3) + 1`, or `floor(c/2) + 1` with honest helpers, at most c.
  public int threshold(int helpers) {
    return Math.min(helpers, (this == HONEST ? helpers / 2 : 2 * helpers / 3) + 1);
  }
}
