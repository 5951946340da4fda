package ai.cifer.homocryption.paillier;

import java.math.BigInteger;

/// [CrtDecryption] by `BigInteger`. The numbers lie on the heap and cannot be zeroed; they are let
/// go when this is closed.
final class BigIntegerDecryption implements CrtDecryption {
  private BigInteger p;
  private BigInteger q;
  private BigInteger inverseOfQ;

  BigIntegerDecryption(PaillierSecretKey key) {
    this.p = key.firstPrime();
    this.q = key.secondPrime();
    this.inverseOfQ = q.modInverse(p);
  }

  @Override
  public BigInteger decrypt(BigInteger c, BigInteger u, BigInteger inverse) {
    BigInteger first = half(c, u, p, q);
    BigInteger second = half(c, u, q, p);
    BigInteger h = first.subtract(second).multiply(inverseOfQ).mod(p);
    return second.add(q.multiply(h)).multiply(inverse).mod(p.multiply(q));
  }

  private static BigInteger half(BigInteger c, BigInteger u, BigInteger prime, BigInteger other) {
    BigInteger square = prime.multiply(prime);
    BigInteger x = c.modPow(prime.subtract(BigInteger.ONE).multiply(u), square);
    return x.divide(prime).multiply(other.negate().modInverse(prime)).mod(prime);
  }

  @Override
  public void close() {
    p = BigInteger.ZERO;
    q = BigInteger.ZERO;
    inverseOfQ = BigInteger.ZERO;
  }
}
