package ai.cifer.homocryption.threshold;

/// How many parties hold a key, and how many of them decrypt together. Parties are numbered from 1;
/// party j's share is the value of the sharing polynomials at j.
///
/// @param parties n, 2 to 62
/// @param threshold t, 2 to n; fewer than t parties learn nothing
public record Committee(int parties, int threshold) {
  /// So many parties fit into the bitmap of an [ActiveSet].
  public static final int MOST_PARTIES = 62;

  public Committee {
    if (parties < 2 || parties > MOST_PARTIES) {
      throw new IllegalArgumentException(
          "parties: " + parties + " (expected: 2 to " + MOST_PARTIES + ")");
    }
    if (threshold < 2 || threshold > parties) {
      throw new IllegalArgumentException(
          "threshold: "
              + threshold
              + " (expected: 2 to "
              + parties
              + ", the number of parties); with 1 every party could decrypt alone");
    }
  }

  void requireMember(int party) {
    if (party < 1 || party > parties) {
      throw new IllegalArgumentException("party: " + party + " (expected: 1 to " + parties + ")");
    }
  }
}
