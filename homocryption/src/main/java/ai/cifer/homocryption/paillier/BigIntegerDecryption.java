package ai.cifer.homocryption.paillier;

import java.math.BigInteger;

/// [CrtDecryption] by `BigInteger`. The numbers lie on the heap and cannot be zeroed; they are let
/// go when this is closed.
final class BigIntegerDecryption implements CrtDecryption {
  private Half first;
  private Half second;
  private BigInteger inverseOfSecond;

  /// One prime p: `p`, `p²`, `p - 1` and `(-q)^-1 mod p`.
  private static final class Half {
    private static final Half CLOSED = new Half(BigInteger.ONE, BigInteger.ONE);

    private final BigInteger prime;
    private final BigInteger square;
    private final BigInteger order;
    private final BigInteger factor;

    Half(BigInteger prime, BigInteger other) {
      this.prime = prime;
      this.square = prime.multiply(prime);
      this.order = prime.subtract(BigInteger.ONE);
      this.factor = other.negate().modInverse(prime);
    }

    /// `u·m mod p`.
    BigInteger decrypt(BigInteger c, BigInteger u) {
      BigInteger[] parts = c.modPow(order.multiply(u), square).divideAndRemainder(prime);
      if (!parts[1].equals(BigInteger.ONE)) {
        throw CrtDecryption.fault();
      }
      return parts[0].multiply(factor).mod(prime);
    }
  }

  BigIntegerDecryption(PaillierSecretKey key) {
    BigInteger p = key.firstPrime();
    BigInteger q = key.secondPrime();
    this.first = new Half(p, q);
    this.second = new Half(q, p);
    this.inverseOfSecond = q.modInverse(p);
  }

  @Override
  public BigInteger decrypt(BigInteger c, BigInteger u, BigInteger inverse) {
    BigInteger low = second.decrypt(c, u);
    BigInteger h = first.decrypt(c, u).subtract(low).multiply(inverseOfSecond).mod(first.prime);
    return low.add(second.prime.multiply(h))
        .multiply(inverse)
        .mod(first.prime.multiply(second.prime));
  }

  @Override
  public void close() {
    first = Half.CLOSED;
    second = Half.CLOSED;
    inverseOfSecond = BigInteger.ZERO;
  }
}
