package ai.cifer.homocryption.kernel;

/// Which passes of a transform must centre, so that every intermediate stays exact.
///
/// Let `u = p·2^-53 < 1/8` and let `B·p` bound the magnitudes before a stage. A product of `x`,
/// `|x| ≤ X·p`, is at most `(1/2 + X·u)·p` and exact if `X·p ≤ 2^52`, that is `X ≤ 1/(2u)`, see
/// [FmaArithmetic#multiply]. The bound of sums is the same, because [FmaArithmetic#centre] asks for
/// it and integers up to 2^53 are exact.
///
/// **Forward.** A stage `x ± w·y` gives `B' = g(B) = B + 1/2 + B·u`; two stages of a radix-4 pass
/// give `g(g(B))`. If the pass centres the two rows that are not multiplied, it gives `1/2 + m +
/// (1/2 + (1/2 + m)·u)` with `m = 1/2 + B·u`, however large B was within the limit. The tail, the
/// stages inside vectors, gives `g(…g(B))`, or from `x` centred in its first stage `g(…(1 + B·u))`.
/// A pass centres if without it the next pass, or the tail, would exceed the limit.
///
/// **Inverse.** A stage `x + y`, `w·(x - y)` gives `B' = max(2B, 1/2 + 2B·u)`. The head, up to
/// three stages inside vectors from `B = 1/2`, has differences and sums of at most 4p, and centres
/// its last sums, so that it gives 1. A radix-4 pass multiplies differences of 4 rows, `4B`, and
/// centres the sum of 4 rows: `B' = 1 + 4B·u`. If `4B` exceeds the limit, it centres both inner
/// sums instead, so that the largest argument is `2B` and again `B' = 1 + 4B·u`; this never passes
/// 2, the fixed point for `u = 1/8`, so that `2B ≤ 4 ≤ 1/(2u)`. The last pass centres the inner
/// sums always, and what it stores.
///
/// Up to 48 bits no pass of a forward transform centres, and up to 49 bits an inverse pass centres
/// one row of four. At 50 bits about every second forward pass centres two rows.
final class LazySchedule {
  private final boolean radix2;
  private final boolean[] forward;
  private final boolean tail;
  private final boolean[] inverse;
  private final int vectorBits;

  /// @param degreeBits log2 N
  /// @param vectorBits log2 of the lanes, the number of stages inside vectors
  LazySchedule(double prime, int degreeBits, int vectorBits) {
    this.vectorBits = vectorBits;
    int stages = degreeBits - vectorBits;
    double u = prime * 0x1p-53;
    double limit = 0x1p52 / prime;
    radix2 = (stages & 1) == 1;
    forward = new boolean[stages / 2];
    inverse = new boolean[stages / 2];
    double bound = radix2 ? stages(0.5, 1, u) : 0.5;
    for (int pass = 0; pass < forward.length; pass++) {
      double lazy = stages(bound, 2, u);
      boolean last = pass == forward.length - 1;
      forward[pass] = lazy > limit || (last && stages(lazy, vectorBits, u) > limit);
      double product = 0.5 + bound * u;
      bound = forward[pass] ? 1 + product + (0.5 + product) * u : lazy;
    }
    tail = stages(bound, vectorBits, u) > limit;
    require(
        bound <= limit
            && stages(tail ? 1 + bound * u : bound, tail ? vectorBits - 1 : vectorBits, u)
                <= limit);
    bound = 1;
    for (int pass = 0; pass < inverse.length; pass++) {
      inverse[pass] = 4 * bound > limit;
      require(2 * bound <= limit);
      bound = 1 + 4 * bound * u;
    }
    require(2 * bound <= limit);
  }

  /// The bound after `count` lazy stages of the forward transform.
  private static double stages(double bound, int count, double u) {
    double after = bound;
    for (int i = 0; i < count; i++) {
      after += 0.5 + after * u;
    }
    return after;
  }

  private static void require(boolean bounded) {
    if (!bounded) {
      throw new IllegalStateException("schedule: beyond 2^52 (expected: a prime below 2^50)");
    }
  }

  /// Whether the stages outside vectors are odd in number: the first forward pass and the last
  /// inverse pass are then of radix 2.
  boolean startsWithRadix2() {
    return radix2;
  }

  /// Whether radix-4 pass number `pass` centres the rows that are not multiplied.
  boolean centresForward(int pass) {
    return forward[pass];
  }

  /// Whether the tail centres in its first stage.
  boolean centresTail() {
    return tail;
  }

  /// Whether inverse radix-4 pass number `pass` centres the inner sums.
  boolean centresInverse(int pass) {
    return inverse[pass];
  }

  /// The number of inverse radix-4 passes before the one with this many rows.
  int passesUpTo(int rows) {
    return (Integer.numberOfTrailingZeros(rows) - vectorBits) / 2;
  }
}
