package ai.cifer.homocryption.paillier;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// Encrypts under a public key: `c = (1 + m·n)·(h^n)^r mod n²`, r short and random.
///
/// This is the variant of Damgård, Jurik and Nielsen (2010) with h hashed from n.
///
/// Guarantees: indistinguishability under chosen plaintexts, if composite residuosity is hard to
/// decide and, with [PaillierExponents#SHORT], short exponents are indistinguishable. Does not
/// guarantee: authenticity; anybody can change a ciphertext's plaintext by a known amount.
///
/// Cost: making one takes some 60 ms and 1.3 MB (table of powers of h^n) at 3072 bits; an
/// encryption then costs 52 products modulo n².
///
/// Thread-safe.
public final class PaillierEncryptor {
  private final PaillierPublicKey key;
  private final Masks masks;

  /// With short exponents and the best back end.
  ///
  /// @param random a cryptographic generator
  public PaillierEncryptor(PaillierPublicKey key, SecureRandom random) {
    this(key, PaillierExponents.SHORT, PaillierBackend.best(), random);
  }

  /// With a choice of exponents and back end.
  public PaillierEncryptor(
      PaillierPublicKey key,
      PaillierExponents exponents,
      PaillierBackend backend,
      SecureRandom random) {
    this.key = key;
    this.masks = new Masks(key, exponents, Engine.of(backend, key), random);
  }

  /// The key under which this encrypts.
  public PaillierPublicKey key() {
    return key;
  }

  /// Encrypts a number.
  ///
  /// @param message in [0, n)
  public PaillierCiphertext encrypt(BigInteger message) {
    if (message.signum() < 0 || message.compareTo(key.modulus()) >= 0) {
      throw new IllegalArgumentException(
          "message: %s (expected: 0 to n - 1); for numbers with a sign use encryptSigned"
              .formatted(message.signum() < 0 ? "negative" : "n or above"));
    }
    return new PaillierCiphertext(key, masks.encrypt(message));
  }

  /// Encrypts a number of 0 or more.
  public PaillierCiphertext encrypt(long message) {
    return encrypt(BigInteger.valueOf(message));
  }

  /// Encrypts a number with a sign, a negative one as n + m; [PaillierDecryptor#decryptSigned]
  /// gives it back, and sums of such numbers as long as they stay in range.
  ///
  /// @param message in (-n/2, n/2)
  public PaillierCiphertext encryptSigned(BigInteger message) {
    if (message.abs().shiftLeft(1).compareTo(key.modulus()) >= 0) {
      throw new IllegalArgumentException(
          "message: n/2 or above in size (expected: -n/2 < m < n/2); scale it down");
    }
    return encrypt(message.mod(key.modulus()));
  }

  /// Encrypts many small numbers, [PaillierPacking#fields()] in each ciphertext.
  ///
  /// @param values each in [0, 2^valueBits); not modified
  /// @throws PaillierException.FieldOverflow if a value is out of range
  public PaillierVector encrypt(long[] values, PaillierPacking packing) {
    return encrypt(values, packing, Runnable::run);
  }

  /// As [#encrypt(long[], PaillierPacking)], one task of the executor for each ciphertext.
  ///
  /// @param executor must not be one whose threads wait for this call
  public PaillierVector encrypt(long[] values, PaillierPacking packing, Executor executor) {
    packing.requireKey(key);
    packing.requireValues(values);
    List<CompletableFuture<PaillierCiphertext>> pending = new ArrayList<>();
    for (int from = 0; from < values.length; from += packing.fields()) {
      int start = from;
      int count = Math.min(packing.fields(), values.length - from);
      pending.add(
          CompletableFuture.supplyAsync(
              () -> encrypt(packing.pack(values, start, count)), executor));
    }
    List<PaillierCiphertext> ciphertexts = pending.stream().map(CompletableFuture::join).toList();
    return new PaillierVector(key, packing, values.length, 1, ciphertexts);
  }

  /// Another ciphertext of the same plaintext, which cannot be linked to the first: `c·(h^n)^r`.
  /// For whoever sends on what he computed.
  public PaillierCiphertext rerandomize(PaillierCiphertext c) {
    key.requireSame(c.key(), "ciphertext");
    return new PaillierCiphertext(key, masks.apply(c.value()));
  }

  /// Re-randomizes every ciphertext of a vector.
  public PaillierVector rerandomize(PaillierVector vector) {
    return vector.with(
        vector.summands(), vector.ciphertexts().stream().map(this::rerandomize).toList());
  }

  @Override
  public String toString() {
    return "PaillierEncryptor(" + key.digest() + ")";
  }
}
