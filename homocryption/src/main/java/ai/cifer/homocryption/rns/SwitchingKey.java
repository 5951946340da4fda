package ai.cifer.homocryption.rns;

/// A hybrid key-switching key from `s'` to `s`: for each digit j a pair modulo QP
///
/// ```
/// b_j = -a_j·s + e_j + P·g_j·s'        g_j ≡ 1 mod the primes of digit j, ≡ 0 mod the other q_i
/// ```
///
/// The `a_j` are the expansion of a public seed, except in a relinearization key that several
/// parties made together. Immutable; the rows are shared.
///
/// @param b one extended polynomial for each digit, with all ciphertext primes
/// @param a likewise
/// @param seed of the `a_j`, 32 bytes, or empty if they are not an expansion
/// @see <a href="https://eprint.iacr.org/2019/688">Han, Ki: Better Bootstrapping for Approximate
///   Homomorphic Encryption, section 3</a>
public record SwitchingKey(RnsPolynomial[] b, RnsPolynomial[] a, byte[] seed) {
  /// Number of digits.
  public int digits() {
    return b.length;
  }

  /// Whether the `a_j` are the expansion of the seed, so that a stored form may leave them out.
  public boolean isSeeded() {
    return seed.length > 0;
  }

  @Override
  public String toString() {
    return "SwitchingKey(" + b.length + " digits)";
  }
}
