package ai.cifer.homocryption.paillier;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Computes on ciphertexts with the public key alone. Plaintexts are numbers modulo n.
///
/// A result is a function of its inputs: whoever knows them can recognise it. Before it goes to
/// such a party, re-randomize it ([PaillierEncryptor#rerandomize]).
///
/// Stateless and thread-safe.
public final class PaillierEvaluator {
  private final PaillierPublicKey key;
  private final Engine engine;

  /// With the best back end.
  public PaillierEvaluator(PaillierPublicKey key) {
    this(key, PaillierBackend.best());
  }

  /// With a choice of back end.
  public PaillierEvaluator(PaillierPublicKey key, PaillierBackend backend) {
    this.key = key;
    this.engine = Engine.of(backend, key);
  }

  /// The sum of two plaintexts: `a·b mod n²`.
  public PaillierCiphertext add(PaillierCiphertext a, PaillierCiphertext b) {
    key.requireSame(a.key(), "first ciphertext");
    key.requireSame(b.key(), "second ciphertext");
    return new PaillierCiphertext(key, engine.multiply(a.value(), b.value()));
  }

  /// The sum with a known number: `c·(1 + k·n) mod n²`.
  ///
  /// @param summand any integer, taken modulo n
  public PaillierCiphertext add(PaillierCiphertext c, BigInteger summand) {
    key.requireSame(c.key(), "ciphertext");
    BigInteger known = summand.mod(key.modulus()).multiply(key.modulus()).add(BigInteger.ONE);
    return new PaillierCiphertext(key, engine.multiply(c.value(), known));
  }

  /// The product with a known number: `c^k mod n²`.
  ///
  /// @param scalar 1 to n - 1; its size can be seen from the time this takes
  public PaillierCiphertext multiply(PaillierCiphertext c, BigInteger scalar) {
    key.requireSame(c.key(), "ciphertext");
    if (scalar.signum() <= 0 || scalar.compareTo(key.modulus()) >= 0) {
      throw new IllegalArgumentException(
          "scalar: %s (expected: 1 to n - 1); for 0 encrypt a zero, for -k use n - k"
              .formatted(scalar.signum() <= 0 ? scalar.toString() : "n or above"));
    }
    return new PaillierCiphertext(
        key, engine.power(c.value(), scalar, scalar.bitLength(), key.modulusSquared()));
  }

  /// The negative modulo n: `c^-1 mod n²`.
  public PaillierCiphertext negate(PaillierCiphertext c) {
    key.requireSame(c.key(), "ciphertext");
    return new PaillierCiphertext(key, c.value().modInverse(key.modulusSquared()));
  }

  /// The difference of two plaintexts modulo n.
  public PaillierCiphertext subtract(PaillierCiphertext a, PaillierCiphertext b) {
    return add(a, negate(b));
  }

  /// The sums of two vectors, field by field.
  ///
  /// @throws PaillierException.FieldOverflow if together they have more summands than fit
  public PaillierVector add(PaillierVector a, PaillierVector b) {
    key.requireSame(a.key(), "first vector");
    key.requireSame(b.key(), "second vector");
    a.requireAligned(b);
    a.packing().requireSummands((long) a.summands() + b.summands());
    List<PaillierCiphertext> sums = new ArrayList<>(a.ciphertexts().size());
    for (int i = 0; i < a.ciphertexts().size(); i++) {
      sums.add(add(a.ciphertexts().get(i), b.ciphertexts().get(i)));
    }
    return a.with(a.summands() + b.summands(), sums);
  }

  /// A vector times a weight, which counts as so many summands.
  ///
  /// @param weight 1 or more
  /// @throws PaillierException.FieldOverflow if that are more summands than fit
  public PaillierVector multiply(PaillierVector vector, int weight) {
    key.requireSame(vector.key(), "vector");
    if (weight < 1) {
      throw new IllegalArgumentException(
          "weight: " + weight + " (expected: >= 1); leave a vector of weight 0 out");
    }
    vector.packing().requireSummands((long) vector.summands() * weight);
    BigInteger scalar = BigInteger.valueOf(weight);
    return vector.with(
        vector.summands() * weight,
        vector.ciphertexts().stream().map(c -> multiply(c, scalar)).toList());
  }

  @Override
  public String toString() {
    return "PaillierEvaluator(" + key.digest() + ")";
  }
}
