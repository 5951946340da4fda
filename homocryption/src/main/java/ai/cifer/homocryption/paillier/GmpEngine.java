package ai.cifer.homocryption.paillier;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.Arrays;

/// [Engine] by GMP. What depends on secrets is computed outside the heap in memory that is zeroed
/// before each method returns.
final class GmpEngine implements Engine {
  private final Gmp gmp;
  private final Limbs constants = Limbs.collected();
  private final MemorySegment n;
  private final MemorySegment square;
  private final BigInteger modulus;

  /// Montgomery's `R = 2^(64·limbs of n²)`, and `-n^-2 mod R`.
  private final BigInteger radix;

  private final MemorySegment negativeInverse;

  GmpEngine(Gmp gmp, PaillierPublicKey key) {
    this.gmp = gmp;
    this.n = constants.of(key.modulus(), Limbs.count(key.bits()));
    this.modulus = key.modulusSquared();
    int limbs = Limbs.count(modulus.bitLength());
    this.square = constants.of(modulus, limbs);
    this.radix = BigInteger.ONE.shiftLeft(Long.SIZE * limbs);
    this.negativeInverse = constants.of(radix.subtract(modulus.modInverse(radix)), limbs);
  }

  @Override
  public BigInteger multiply(BigInteger a, BigInteger b) {
    long limbs = Limbs.count(square);
    try (Limbs local = Limbs.local()) {
      MemorySegment out = local.allocate(limbs);
      gmp.multiplyPublic(local, local.of(a, limbs), local.of(b, limbs), square, out);
      return Limbs.load(out);
    }
  }

  @Override
  public BigInteger power(
      BigInteger base, BigInteger exponent, int exponentBits, BigInteger modulus) {
    return power(gmp, base, exponent, exponentBits, modulus);
  }

  static BigInteger power(
      Gmp gmp, BigInteger base, BigInteger exponent, int exponentBits, BigInteger modulus) {
    BigInteger reduced = base.mod(modulus);
    if (reduced.signum() == 0) {
      return exponent.signum() == 0 ? BigInteger.ONE : BigInteger.ZERO;
    }
    int limbs = Limbs.count(modulus.bitLength());
    try (Limbs local = Limbs.local()) {
      MemorySegment out = local.allocate(limbs);
      gmp.power(
          local,
          local.of(reduced, limbs),
          local.of(exponent, Limbs.count(exponentBits)),
          exponentBits,
          local.of(modulus, limbs),
          out);
      return Limbs.load(out);
    }
  }

  /// Entries times R: a product with one, reduced by Montgomery's method, is a product modulo n².
  @Override
  public FixedBaseTable table(BigInteger base, int exponentBits) {
    return new FixedBaseTable(
        base,
        exponentBits,
        modulus.bitLength(),
        this::multiply,
        entry -> entry.multiply(radix).mod(modulus));
  }

  @Override
  public BigInteger mask(FixedBaseTable table, byte[] exponent, BigInteger factor) {
    try (Limbs local = Limbs.local()) {
      return mask(local, table, exponent, local.of(factor, Limbs.count(square)));
    }
  }

  @Override
  public BigInteger encrypt(FixedBaseTable table, byte[] exponent, BigInteger message) {
    long limbs = Limbs.count(n);
    try (Limbs local = Limbs.local()) {
      MemorySegment factor = local.allocate(2 * limbs);
      gmp.multiply(local, local.of(message, limbs), n, factor);
      gmp.addIf(1, factor, local.of(BigInteger.ONE, 2 * limbs));
      return mask(local, table, exponent, Limbs.slice(factor, 0, Limbs.count(square)));
    }
  }

  /// @param accumulator the factor, below n²; overwritten
  private BigInteger mask(
      Limbs local, FixedBaseTable table, byte[] exponent, MemorySegment accumulator) {
    long limbs = Limbs.count(square);
    MemorySegment operand = local.allocate(limbs);
    Reduction reduction = new Reduction(local, limbs);
    long[] entry = new long[table.limbs()];
    for (int window = 0; window < table.windows(); window++) {
      table.select(window, table.digit(exponent, window), entry);
      MemorySegment.copy(entry, 0, operand, ValueLayout.JAVA_LONG, 0, entry.length);
      reduction.multiply(accumulator, operand);
    }
    Arrays.fill(entry, 0);
    return Limbs.load(accumulator);
  }

  /// Montgomery's product with the memory that it needs (P. L. Montgomery, Math. Comp. 44, 1985):
  /// three products of GMP instead of one and a division, which take a fifth less time.
  private final class Reduction {
    private final Limbs local;
    private final MemorySegment product;
    private final MemorySegment productLow;
    private final MemorySegment productHigh;
    private final MemorySegment quotient;
    private final MemorySegment quotientLow;
    private final MemorySegment multiple;

    Reduction(Limbs local, long limbs) {
      this.local = local;
      this.product = local.allocate(2 * limbs);
      this.productLow = Limbs.slice(product, 0, limbs);
      this.productHigh = Limbs.slice(product, limbs, 2 * limbs);
      this.quotient = local.allocate(2 * limbs);
      this.quotientLow = Limbs.slice(quotient, 0, limbs);
      this.multiple = local.allocate(2 * limbs);
    }

    /// `a = a·b·R^-1 mod n²`.
    ///
    /// With a, b < N = n² the sum `a·b + q·N` is a multiple of R below `N² + R·N`, so its quotient
    /// by R is below 2N and one subtraction is enough; a carry stands for R.
    ///
    /// @param a below n²; overwritten
    /// @param b below n²
    void multiply(MemorySegment a, MemorySegment b) {
      gmp.multiply(local, a, b, product);
      gmp.multiply(local, productLow, negativeInverse, quotient);
      gmp.multiply(local, quotientLow, square, multiple);
      long carry = gmp.addIf(1, product, multiple);
      long borrow = gmp.subtractIf(1, productHigh, square);
      // Without a carry a borrow means that the quotient was below N already.
      gmp.addIf(borrow - carry, productHigh, square);
      a.copyFrom(productHigh);
    }
  }

  @Override
  public CrtDecryption decryption(PaillierSecretKey key) {
    return new GmpDecryption(gmp, key);
  }
}
