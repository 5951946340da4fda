package ai.cifer.homocryption.rns;

import ai.cifer.homocryption.kernel.PrimeKernel;
import java.math.BigInteger;
import java.util.Arrays;

/// Row by row arithmetic on transformed polynomials; results are new, arguments are not modified
/// unless a method says so.
///
/// Stateless; thread-safe.
public final class RnsArithmetic {
  private final RnsRing ring;
  private final Rows rows;

  public RnsArithmetic(RnsRing ring, Rows rows) {
    this.ring = ring;
    this.rows = rows;
  }

  /// How rows are spread over threads.
  public Rows rows() {
    return rows;
  }

  /// An operation of a kernel on two rows.
  @FunctionalInterface
  public interface RowOperation {
    /// `out = a ∘ b mod p`.
    void apply(PrimeKernel kernel, double[] a, double[] b, double[] out);
  }

  /// `a ∘ b` modulo the first `primes` primes.
  public RnsPolynomial combine(
      RnsPolynomial a, RnsPolynomial b, int primes, RowOperation operation) {
    double[][] out = new double[primes][ring.degree()];
    rows.each(primes, i -> operation.apply(ring.kernel(i), a.row(i), b.row(i), out[i]));
    return new RnsPolynomial(out);
  }

  /// `-a`.
  public RnsPolynomial negate(RnsPolynomial a) {
    double[][] out = new double[a.size()][ring.degree()];
    rows.each(out.length, i -> ring.kernel(i).negate(a.row(i), out[i]));
    return new RnsPolynomial(out);
  }

  /// `a + value`, the constant polynomial added.
  public RnsPolynomial add(RnsPolynomial a, BigInteger value) {
    double[][] out = new double[a.size()][ring.degree()];
    rows.each(
        out.length,
        i -> {
          Arrays.fill(out[i], ring.constant(value, i));
          ring.kernel(i).add(a.row(i), out[i], out[i]);
        });
    return new RnsPolynomial(out);
  }

  /// `value·a` modulo the first `primes` primes.
  public RnsPolynomial multiply(RnsPolynomial a, BigInteger value, int primes) {
    double[][] out = new double[primes][ring.degree()];
    rows.each(primes, i -> ring.kernel(i).multiply(a.row(i), ring.constant(value, i), out[i]));
    return new RnsPolynomial(out);
  }

  /// `accumulator += value·a`.
  public void multiplyAddInto(RnsPolynomial a, BigInteger value, RnsPolynomial accumulator) {
    rows.each(
        accumulator.size(),
        i -> ring.kernel(i).multiplyAdd(a.row(i), ring.constant(value, i), accumulator.row(i)));
  }

  /// `accumulator += a·b`.
  public void multiplyAddInto(RnsPolynomial a, RnsPolynomial b, RnsPolynomial accumulator) {
    rows.each(
        accumulator.size(),
        i -> ring.kernel(i).multiplyAdd(a.row(i), b.row(i), accumulator.row(i)));
  }

  /// `accumulator += a`.
  public void addInto(RnsPolynomial a, RnsPolynomial accumulator) {
    rows.each(
        accumulator.size(),
        i -> ring.kernel(i).add(a.row(i), accumulator.row(i), accumulator.row(i)));
  }
}
