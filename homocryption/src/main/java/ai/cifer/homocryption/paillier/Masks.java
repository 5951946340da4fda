package ai.cifer.homocryption.paillier;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;

/// Random encryptions of zero, `(h^n)^r mod n²`, multiplied onto a number.
///
/// Thread-safe, as `SecureRandom` is.
final class Masks {
  private final Engine engine;
  private final FixedBaseTable table;
  private final SecureRandom random;

  Masks(PaillierPublicKey key, PaillierExponents exponents, Engine engine, SecureRandom random) {
    BigInteger base = engine.power(key.maskBase(), key.modulus(), key.bits(), key.modulusSquared());
    this.engine = engine;
    this.random = random;
    this.table = engine.table(base, exponents.bits(key.bits()));
  }

  /// `c·(h^n)^r`.
  BigInteger apply(BigInteger c) {
    byte[] exponent = exponent();
    try {
      return engine.mask(table, exponent, c);
    } finally {
      Arrays.fill(exponent, (byte) 0);
    }
  }

  /// `(1 + m·n)·(h^n)^r`.
  BigInteger encrypt(BigInteger message) {
    byte[] exponent = exponent();
    try {
      return engine.encrypt(table, exponent, message);
    } finally {
      Arrays.fill(exponent, (byte) 0);
    }
  }

  private byte[] exponent() {
    byte[] exponent = new byte[table.exponentBytes()];
    random.nextBytes(exponent);
    return exponent;
  }
}
