package ai.cifer.fedlearn.round;

/// How many of c helpers are needed: `t = min(c, floor(c * part / whole) + 1)`.
///
/// It is a share and no number, since c is known only when the round opens.
///
/// @param part the numerator, 0 to whole - 1
/// @param whole the denominator, >= 1
public record Quorum(int part, int whole) {
  /// More than half: enough if helpers follow the protocol.
  public static final Quorum MAJORITY = new Quorum(1, 2);

  /// More than two thirds: two quorums share an honest helper even if a third of all lie.
  public static final Quorum TWO_THIRDS = new Quorum(2, 3);

  public Quorum {
    if (whole < 1 || part < 0 || part >= whole) {
      throw new IllegalArgumentException(
          "quorum: %d/%d (expected: 0 <= part < whole)".formatted(part, whole));
    }
  }

  /// t of `helpers` helpers; 0 of none.
  public int of(int helpers) {
    return Math.min(helpers, (int) ((long) helpers * part / whole) + 1);
  }

  /// How many of `helpers` helpers may lie without two quorums that share nobody honest: `m =
  /// floor((c - 1) * (2 * part - whole) / whole)`, 0 for a majority, a third for two thirds.
  public int liars(int helpers) {
    return (int) Math.max(0, (long) (helpers - 1) * (2 * part - whole) / whole);
  }

  /// How many helpers must have stated that they revealed nothing of an attempt before another one
  /// begins: `c - t + m + 1`. Fewer than t are left then that may have revealed it, those that lie
  /// included.
  public int statements(int helpers) {
    return helpers - of(helpers) + liars(helpers) + 1;
  }
}
