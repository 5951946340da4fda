package ai.cifer.homocryption.paillier;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Decrypts, by Chinese remaindering, with two blindings against measurements of time or power:
///
/// - of the base: the ciphertext is re-randomized first, so whoever chose it does not know what is
///   raised to the secret power;
/// - of the exponents: [CrtDecryption] multiplies each by a fresh random number of 64 bits.
///
/// Does not guarantee: chosen-ciphertext security. Whoever may ask for decryptions learns
/// plaintexts, and a ciphertext's plaintext can be shifted by anybody; decrypt only what an
/// authenticated party computed by an agreed rule.
///
/// Holds the key's numbers until [#close()]; the key itself stays the caller's. Thread-safe.
public final class PaillierDecryptor implements AutoCloseable {
  private final PaillierPublicKey key;
  private final Masks masks;
  private final CrtDecryption decryption;
  private final SecureRandom random;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  /// With the best back end.
  ///
  /// @param random a cryptographic generator, for blinding
  public PaillierDecryptor(PaillierSecretKey key, SecureRandom random) {
    this(key, PaillierBackend.best(), random);
  }

  /// With a choice of back end.
  public PaillierDecryptor(PaillierSecretKey key, PaillierBackend backend, SecureRandom random) {
    this.key = key.publicKey();
    Engine engine = Engine.of(backend, this.key);
    this.masks = new Masks(this.key, PaillierExponents.SHORT, engine, random);
    this.decryption = engine.decryption(key);
    this.random = random;
  }

  /// The plaintext, in [0, n).
  ///
  /// @throws PaillierException.WrongKey if it is encrypted under another key
  public BigInteger decrypt(PaillierCiphertext c) {
    key.requireSame(c.key(), "ciphertext");
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("decryptor: closed (expected: open); make a new one");
      }
      BigInteger u =
          Numbers.random(CrtDecryption.BLINDING_BITS, random)
              .setBit(CrtDecryption.BLINDING_BITS - 1);
      return decryption.decrypt(masks.apply(c.value()), u, inverse(u));
    } finally {
      lock.readLock().unlock();
    }
  }

  /// The plaintext as a number with a sign, in (-n/2, n/2): the upper half of [0, n) stands for
  /// negative numbers.
  public BigInteger decryptSigned(PaillierCiphertext c) {
    BigInteger m = decrypt(c);
    return m.shiftLeft(1).compareTo(key.modulus()) > 0 ? m.subtract(key.modulus()) : m;
  }

  /// The sums of a vector, field by field.
  ///
  /// @throws PaillierException.FieldOverflow if a field is larger than the summands allow, so that
  ///   it may have overflowed into the next one
  public long[] decrypt(PaillierVector vector) {
    key.requireSame(vector.key(), "vector");
    long[] values = new long[vector.size()];
    int from = 0;
    List<PaillierCiphertext> ciphertexts = vector.ciphertexts();
    for (PaillierCiphertext c : ciphertexts) {
      int count = Math.min(vector.packing().fields(), values.length - from);
      vector.packing().unpack(decrypt(c), vector.summands(), values, from, count);
      from += count;
    }
    return values;
  }

  /// `u^-1 mod n = (1 + n·k) / u` with `k = -n^-1 mod u`: only an inverse modulo the 64-bit u.
  private BigInteger inverse(BigInteger u) {
    BigInteger n = key.modulus();
    BigInteger k = n.modInverse(u).negate().mod(u);
    return n.multiply(k).add(BigInteger.ONE).divide(u);
  }

  /// Zeroes what was derived from the secret key, after decryptions that are under way.
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        decryption.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /// Names the public key only.
  @Override
  public String toString() {
    return "PaillierDecryptor(" + key.digest() + ")";
  }
}
