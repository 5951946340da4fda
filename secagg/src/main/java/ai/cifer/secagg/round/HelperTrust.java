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
    return helpers == 1 ? threshold == 1 : 2 * threshold > helpers + malicious(helpers);
  }

  private int malicious(int helpers) {
    return this == HONEST ? 0 : (helpers - 1) / 3;
  }

  /// How many helpers must have stated that they revealed nothing of an attempt before another one
  /// begins: `c - t + m + 1`. Of those left and those that lie there are `t - 1` together then.
  public int statements(int threshold, int helpers) {
    return helpers - threshold + malicious(helpers) + 1;
  }

  /// The usual threshold: `floor(2c/3) + 1`, or `floor(c/2) + 1` with honest helpers, at most c.
  public int threshold(int helpers) {
    return Math.min(helpers, (this == HONEST ? helpers / 2 : 2 * helpers / 3) + 1);
  }
}
