package ai.cifer.homocryption.paillier;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;

/// [CrtDecryption] by GMP's constant-time functions. The key and every intermediate value lie
/// outside the heap and are zeroed; the sequence of calls and their sizes are always the same.
final class GmpDecryption implements CrtDecryption {
  private final Gmp gmp;
  private final Limbs secrets = Limbs.shared();
  private final int primeBits;
  private final Half first;
  private final Half second;
  private final MemorySegment inverseOfSecond;
  private final MemorySegment n;

  /// One prime p: `p`, `p²`, `p - 1` and `(-q)^-1 mod p`.
  private record Half(
      MemorySegment prime, MemorySegment square, MemorySegment order, MemorySegment factor) {}

  GmpDecryption(Gmp gmp, PaillierSecretKey key) {
    this.gmp = gmp;
    BigInteger p = key.firstPrime();
    BigInteger q = key.secondPrime();
    this.primeBits = p.bitLength();
    this.first = half(p, q);
    this.second = half(q, p);
    this.inverseOfSecond = secrets.of(q.modInverse(p), Limbs.count(primeBits));
    this.n = secrets.of(p.multiply(q), Limbs.count(key.publicKey().bits()));
  }

  private Half half(BigInteger prime, BigInteger other) {
    int limbs = Limbs.count(primeBits);
    BigInteger square = prime.multiply(prime);
    return new Half(
        secrets.of(prime, limbs),
        secrets.of(square, Limbs.count(square.bitLength())),
        secrets.of(prime.subtract(BigInteger.ONE), limbs),
        secrets.of(other.negate().modInverse(prime), limbs));
  }

  @Override
  public BigInteger decrypt(BigInteger c, BigInteger u, BigInteger inverse) {
    try (Limbs local = Limbs.local()) {
      long limbs = Limbs.count(first.prime);
      MemorySegment factor = local.of(u, 1);
      MemorySegment modFirst = decryptModulo(local, first, c, factor);
      MemorySegment modSecond = decryptModulo(local, second, c, factor);

      // h = (m_p - m_q)·q^-1 mod p; the difference is made positive by adding p if it borrowed.
      MemorySegment reduced = local.allocate(limbs);
      reduced.copyFrom(modSecond);
      gmp.remainder(local, reduced, first.prime);
      long borrow = gmp.subtractIf(1, modFirst, reduced);
      gmp.addIf(borrow, modFirst, first.prime);
      MemorySegment h = product(local, modFirst, inverseOfSecond, first.prime);

      // u·m = m_q + q·h < n
      MemorySegment combined = local.allocate(2 * limbs);
      gmp.multiply(local, h, second.prime, combined);
      MemorySegment extended = local.allocate(2 * limbs);
      extended.copyFrom(modSecond);
      gmp.addIf(1, combined, extended);

      long modulusLimbs = Limbs.count(n);
      return Limbs.load(
          product(
              local, Limbs.slice(combined, 0, modulusLimbs), local.of(inverse, modulusLimbs), n));
    }
  }

  /// `u·m mod p`, as many limbs as p.
  private MemorySegment decryptModulo(Limbs local, Half half, BigInteger c, MemorySegment u) {
    long limbs = Limbs.count(half.prime);
    long squareLimbs = Limbs.count(half.square);
    MemorySegment base = local.of(c, Math.max(2 * Limbs.count(n), squareLimbs));
    gmp.remainder(local, base, half.square);

    MemorySegment exponent = local.allocate(limbs + 1);
    gmp.multiply(local, half.order, u, exponent);
    MemorySegment x = local.allocate(squareLimbs);
    gmp.power(
        local,
        Limbs.slice(base, 0, squareLimbs),
        exponent,
        primeBits + BLINDING_BITS,
        half.square,
        x);

    // x = 1 mod p, so ⌊x / p⌋ = (x - 1) / p, which is below p.
    MemorySegment quotient = local.allocate(squareLimbs - limbs + 1);
    gmp.divide(local, x, half.prime, quotient);
    long difference = Limbs.limb(x, 0) ^ 1;
    for (long i = 1; i < limbs; i++) {
      difference |= Limbs.limb(x, i);
    }
    if (difference != 0) {
      throw CrtDecryption.fault();
    }
    return product(local, Limbs.slice(quotient, 0, limbs), half.factor, half.prime);
  }

  /// `a·b mod modulus`, as many limbs as the modulus.
  private MemorySegment product(
      Limbs local, MemorySegment a, MemorySegment b, MemorySegment modulus) {
    MemorySegment product = local.allocate(Limbs.count(a) + Limbs.count(b));
    gmp.multiply(local, a, b, product);
    gmp.remainder(local, product, modulus);
    return Limbs.slice(product, 0, Limbs.count(modulus));
  }

  /// The memory of p, for the test that it is zeroed.
  MemorySegment memory() {
    return first.prime;
  }

  /// The memory of q - 1, for the test that a fault is found.
  MemorySegment exponentMemory() {
    return second.order;
  }

  /// The first half of [#close()], apart so that a test can look at the memory.
  void zero() {
    secrets.zero();
  }

  @Override
  public void close() {
    secrets.close();
  }
}
