package ai.cifer.homocryption.rns;

import ai.cifer.homocryption.kernel.FusedKernel;
import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.ring.CyclotomicRing;
import java.math.BigInteger;
import java.util.concurrent.ConcurrentHashMap;

/// The rings `Z_{QP}[X]/(X^N + 1)` of a parameter set: ciphertext primes `q_0 … q_L`, then special
/// primes `p_0 … p_{α-1}` that exist only while keys are switched.
///
/// Everything that is computed once for a set lives here. Immutable but for caches; shared by all
/// threads.
public final class RnsRing {
  private final CyclotomicRing ring;
  private final int degree;
  private final int special;
  private final RowBuffers buffers;
  private final FusedKernel[] fused;
  private final ConcurrentHashMap<Long, int[]> automorphisms = new ConcurrentHashMap<>();

  /// @param primes ciphertext primes, then special primes, distinct, ≡ 1 mod 2·degree
  /// @param special how many of them are special, ≥ 1
  public RnsRing(int degree, long[] primes, int special) {
    this.ring = new CyclotomicRing(degree, primes);
    this.degree = degree;
    this.special = special;
    this.buffers = new RowBuffers(degree);
    this.fused = new FusedKernel[primes.length];
    for (int i = 0; i < primes.length; i++) {
      fused[i] = KernelProvider.chosen().fused(primes[i]);
    }
  }

  /// N.
  public int degree() {
    return degree;
  }

  /// Number of all primes.
  public int primes() {
    return ring.primes();
  }

  /// Number of ciphertext primes.
  public int ciphertextPrimes() {
    return ring.primes() - special;
  }

  /// Number α of special primes.
  public int specialPrimes() {
    return special;
  }

  /// Prime number `index`.
  public long prime(int index) {
    return ring.prime(index);
  }

  /// Arithmetic modulo prime number `index`.
  public PrimeKernel kernel(int index) {
    return ring.kernel(index);
  }

  /// Fused arithmetic modulo prime number `index`.
  public FusedKernel fused(int index) {
    return fused[index];
  }

  /// Rows for intermediate results.
  public RowBuffers buffers() {
    return buffers;
  }

  /// `value mod p_index`, centred.
  public double constant(BigInteger value, int index) {
    return ring.constant(value, index);
  }

  /// `value^-1 mod p_index`, centred.
  public double inverse(BigInteger value, int index) {
    return ring.constant(value.modInverse(BigInteger.valueOf(prime(index))), index);
  }

  /// The product of the primes in `[from, to)`.
  public BigInteger product(int from, int to) {
    BigInteger product = BigInteger.ONE;
    for (int i = from; i < to; i++) {
      product = product.multiply(BigInteger.valueOf(prime(i)));
    }
    return product;
  }

  /// The number of the prime of a row of an extended polynomial with `size` ciphertext primes.
  public int primeOfRow(int row, int size) {
    return row < size ? row : ciphertextPrimes() + row - size;
  }

  /// Where the values of `a(X^g)` stand among those of `a(X)`, for [PrimeKernel#permute].
  ///
  /// Position i of a transform holds the value at `ψ^(2·brev(i)+1)`; `a(X^g)` has there the value
  /// of `a` at `ψ^(g·(2·brev(i)+1))`.
  ///
  /// @param galois odd, in [1, 2N)
  public int[] automorphism(long galois) {
    return automorphisms.computeIfAbsent(galois, this::positions);
  }

  private int[] positions(long galois) {
    int shift = 32 - Integer.numberOfTrailingZeros(degree);
    long mask = 2L * degree - 1;
    int[] positions = new int[degree];
    for (int i = 0; i < degree; i++) {
      long exponent = 2L * (Integer.reverse(i) >>> shift) + 1;
      long image = (exponent * galois) & mask;
      positions[i] = Integer.reverse((int) ((image - 1) >>> 1)) >>> shift;
    }
    return positions;
  }

  /// Applies `a(X) → a(X^g)`.
  ///
  /// @param galois odd, in [1, 2N)
  public RnsPolynomial automorphism(RnsPolynomial a, long galois, Rows rows) {
    int[] positions = automorphism(galois);
    double[][] out = new double[a.size()][];
    rows.each(
        a.size(),
        i -> {
          out[i] = new double[degree];
          kernel(i).permute(a.row(i), positions, out[i]);
        });
    return new RnsPolynomial(out, a.extended());
  }
}
