package ai.cifer.homocryption.rns;

import java.util.Arrays;

/// Rows for intermediate results, kept for reuse: an operation on ciphertexts needs a handful of
/// them, and allocating rows of half a megabyte for each would make the garbage collector the
/// slowest part.
///
/// Thread-safe. At most [#KEPT_BYTES] are kept; what is given back beyond that is dropped.
public final class RowBuffers {
  private static final long KEPT_BYTES = 64L << 20;

  private final int degree;
  private final double[][] kept;
  private int count;

  RowBuffers(int degree) {
    this.degree = degree;
    this.kept = new double[(int) Math.max(16, KEPT_BYTES / (8L * degree))][];
  }

  /// A row of N elements with any contents.
  public double[] take() {
    synchronized (kept) {
      if (count > 0) {
        return kept[--count];
      }
    }
    return new double[degree];
  }

  /// Rows of N elements with any contents.
  public double[][] take(int rows) {
    double[][] taken = new double[rows][];
    for (int i = 0; i < rows; i++) {
      taken[i] = take();
    }
    return taken;
  }

  /// Gives a row back; the caller keeps no reference.
  public void give(double[] row) {
    synchronized (kept) {
      if (count < kept.length) {
        kept[count++] = row;
      }
    }
  }

  /// Gives rows back.
  public void give(double[][] rows) {
    for (double[] row : rows) {
      give(row);
    }
  }

  /// Overwrites a row that held a secret and gives it back.
  public void giveCleared(double[] row) {
    Arrays.fill(row, 0);
    give(row);
  }
}
