package ai.cifer.homocryption.kernel;

/// The order of the passes of a vector transform.
///
/// Passes whose blocks exceed [#LOCAL] elements run over the whole array; the others run block by
/// block, so that a block and its factors stay in the first cache (16 + 14 KiB) from the first of
/// them to the last.
final class VectorNtt {
  /// Elements of a block that is transformed on its own.
  private static final int LOCAL = 2048;

  private static final int COUNT = VectorArithmetic.COUNT;

  private VectorNtt() {}

  static void forward(double[] a, double[] w, LazySchedule schedule, double p, double ni) {
    int blocks = 1;
    int length = a.length;
    int pass = 0;
    if (schedule.startsWithRadix2()) {
      VectorForward.radix2(a, w, p, ni);
      blocks = 2;
      length >>= 1;
    }
    for (; length > LOCAL; blocks <<= 2, length >>= 2, pass++) {
      forwardPass(a, 0, a.length, length >> 2, w, blocks, schedule.centresForward(pass), p, ni);
    }
    for (int from = 0; from < a.length; from += length) {
      forwardLocal(a, from, length, w, blocks, pass, schedule, p, ni);
    }
  }

  private static void forwardLocal(
      double[] a,
      int from,
      int size,
      double[] w,
      int firstBlocks,
      int firstPass,
      LazySchedule schedule,
      double p,
      double ni) {
    int pass = firstPass;
    int blocks = firstBlocks;
    for (int length = size; length > COUNT; blocks <<= 2, length >>= 2, pass++) {
      int block = blocks + from / length;
      boolean centred = schedule.centresForward(pass);
      forwardPass(a, from, from + size, length >> 2, w, block, centred, p, ni);
    }
    int to = from + size;
    if (COUNT == 8) {
      if (schedule.centresTail()) {
        VectorTail.fourCentred(a, from, to, w, p, ni);
      } else {
        VectorTail.four(a, from, to, w, p, ni);
      }
    }
    if (COUNT >= 4) {
      VectorTail.two(a, from, to, w, p, ni);
    }
    VectorTail.one(a, from, to, w, p, ni);
  }

  private static void forwardPass(
      double[] a,
      int from,
      int to,
      int rows,
      double[] w,
      int block,
      boolean centred,
      double p,
      double ni) {
    if (rows == COUNT && centred) {
      VectorForward.radix4ShortCentred(a, from, to, w, block, p, ni);
    } else if (rows == COUNT) {
      VectorForward.radix4Short(a, from, to, w, block, p, ni);
    } else if (centred) {
      VectorForward.radix4Centred(a, from, to, rows, w, block, p, ni);
    } else {
      VectorForward.radix4(a, from, to, rows, w, block, p, ni);
    }
  }

  static void inverse(
      double[] a,
      double[] w,
      double scale,
      double scaledLast,
      LazySchedule schedule,
      double p,
      double ni) {
    int local = Math.min(a.length >> 1, LOCAL);
    int rows = COUNT;
    for (int from = 0; from < a.length; from += local) {
      rows = inverseLocal(a, from, local, w, schedule, p, ni);
    }
    int pass = schedule.passesUpTo(rows);
    for (; rows < a.length >> 2; rows <<= 2, pass++) {
      boolean centred = schedule.centresInverse(pass);
      inversePass(a, 0, a.length, rows, w, a.length / (4 * rows), centred, p, ni);
    }
    if (rows == a.length >> 1) {
      VectorInverse.lastRadix2(a, scale, scaledLast, p, ni);
    } else {
      VectorInverse.lastRadix4(a, w, scale, scaledLast, p, ni);
    }
  }

  /// @return the rows of the next pass
  private static int inverseLocal(
      double[] a, int from, int size, double[] w, LazySchedule schedule, double p, double ni) {
    int to = from + size;
    VectorHead.one(a, from, to, w, p, ni);
    if (COUNT >= 4) {
      VectorHead.two(a, from, to, w, p, ni);
    }
    if (COUNT == 8) {
      VectorHead.four(a, from, to, w, p, ni);
    }
    int pass = 0;
    int rows = COUNT;
    for (; 4 * rows <= size; rows <<= 2, pass++) {
      int block = (a.length + from) / (4 * rows);
      boolean centred = schedule.centresInverse(pass);
      inversePass(a, from, from + size, rows, w, block, centred, p, ni);
    }
    return rows;
  }

  private static void inversePass(
      double[] a,
      int from,
      int to,
      int rows,
      double[] w,
      int block,
      boolean centred,
      double p,
      double ni) {
    if (rows == COUNT && centred) {
      VectorInverse.radix4ShortCentred(a, from, to, w, block, p, ni);
    } else if (rows == COUNT) {
      VectorInverse.radix4Short(a, from, to, w, block, p, ni);
    } else if (centred) {
      VectorInverse.radix4Centred(a, from, to, rows, w, block, p, ni);
    } else {
      VectorInverse.radix4(a, from, to, rows, w, block, p, ni);
    }
  }
}
