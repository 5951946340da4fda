package ai.cifer.homocryption.paillier;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// [Engine] by `BigInteger`. The table is read in constant time, the products are not computed so.
final class BigIntegerEngine implements Engine {
  private final BigInteger n;
  private final BigInteger square;

  BigIntegerEngine(PaillierPublicKey key) {
    this.n = key.modulus();
    this.square = key.modulusSquared();
  }

  @Override
  public BigInteger multiply(BigInteger a, BigInteger b) {
    return a.multiply(b).mod(square);
  }

  @Override
  public BigInteger power(
      BigInteger base, BigInteger exponent, int exponentBits, BigInteger modulus) {
    return base.modPow(exponent, modulus);
  }

  @Override
  public FixedBaseTable table(BigInteger base, int exponentBits) {
    return new FixedBaseTable(base, exponentBits, square.bitLength(), this::multiply);
  }

  @Override
  public BigInteger mask(FixedBaseTable table, byte[] exponent, BigInteger factor) {
    long[] entry = new long[table.limbs()];
    BigInteger product = factor;
    for (int window = 0; window < table.windows(); window++) {
      table.select(window, table.digit(exponent, window), entry);
      product = multiply(product, fromLimbs(entry));
    }
    Arrays.fill(entry, 0);
    return product;
  }

  @Override
  public BigInteger encrypt(FixedBaseTable table, byte[] exponent, BigInteger message) {
    return mask(table, exponent, message.multiply(n).add(BigInteger.ONE));
  }

  @Override
  public CrtDecryption decryption(PaillierSecretKey key) {
    return new BigIntegerDecryption(key);
  }

  private static BigInteger fromLimbs(long[] limbs) {
    ByteBuffer big = ByteBuffer.allocate(limbs.length * Long.BYTES).order(ByteOrder.BIG_ENDIAN);
    for (int i = limbs.length - 1; i >= 0; i--) {
      big.putLong(limbs[i]);
    }
    return new BigInteger(1, big.array());
  }
}
