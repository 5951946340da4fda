package ai.cifer.homocryption.rns;

import java.util.Arrays;

/// A polynomial in the transformed domain: for each of its primes one row of N centred residues.
///
/// The rows belong to the primes `q_0 … q_{k-1}`, followed, where `extended`, by the special primes
/// of the ring. The rows are not copied: whoever makes a polynomial gives them away.
///
/// @param rows N values each
/// @param extended whether the last rows belong to the special primes
public record RnsPolynomial(double[][] rows, boolean extended) {
  /// A polynomial modulo `q_0 … q_{k-1}`.
  public RnsPolynomial(double[][] rows) {
    this(rows, false);
  }

  /// A zero polynomial modulo the first `primes` primes.
  public static RnsPolynomial zero(int primes, int degree) {
    return new RnsPolynomial(new double[primes][degree]);
  }

  /// Number of rows.
  public int size() {
    return rows.length;
  }

  /// Row number `index`; not a copy.
  public double[] row(int index) {
    return rows[index];
  }

  /// The same residues modulo the first `primes` primes; shares the rows.
  public RnsPolynomial truncated(int primes) {
    return primes == rows.length ? this : new RnsPolynomial(Arrays.copyOf(rows, primes));
  }

  /// A copy of all rows.
  public RnsPolynomial copy() {
    double[][] copy = new double[rows.length][];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = rows[i].clone();
    }
    return new RnsPolynomial(copy, extended);
  }

  /// Whether every residue is zero.
  public boolean isZero() {
    for (double[] row : rows) {
      for (double x : row) {
        if (x != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /// Overwrites the residues of a secret.
  public void clear() {
    for (double[] row : rows) {
      Arrays.fill(row, 0);
    }
  }

  /// Says the size only; residues can be secret.
  @Override
  public String toString() {
    return "RnsPolynomial(" + rows.length + " rows)";
  }
}
