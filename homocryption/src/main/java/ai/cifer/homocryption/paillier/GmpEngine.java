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

  GmpEngine(Gmp gmp, PaillierPublicKey key) {
    this.gmp = gmp;
    this.n = constants.of(key.modulus(), Limbs.count(key.bits()));
    this.square = constants.of(key.modulusSquared(), Limbs.count(key.modulusSquared().bitLength()));
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

  /// @param accumulator the factor; overwritten
  private BigInteger mask(
      Limbs local, FixedBaseTable table, byte[] exponent, MemorySegment accumulator) {
    long limbs = Limbs.count(square);
    MemorySegment product = local.allocate(2 * limbs);
    MemorySegment operand = local.allocate(limbs);
    MemorySegment reduced = Limbs.slice(product, 0, limbs);
    long[] entry = new long[table.limbs()];
    for (int window = 0; window < table.windows(); window++) {
      table.select(window, table.digit(exponent, window), entry);
      MemorySegment.copy(entry, 0, operand, ValueLayout.JAVA_LONG, 0, entry.length);
      gmp.multiply(local, accumulator, operand, product);
      gmp.remainder(local, product, square);
      accumulator.copyFrom(reduced);
    }
    Arrays.fill(entry, 0);
    return Limbs.load(accumulator);
  }

  @Override
  public CrtDecryption decryption(PaillierSecretKey key) {
    return new GmpDecryption(gmp, key);
  }
}
