package ai.cifer.examples;

import ai.cifer.homocryption.paillier.PaillierBackend;
import ai.cifer.homocryption.paillier.PaillierCiphertext;
import ai.cifer.homocryption.paillier.PaillierDecryptor;
import ai.cifer.homocryption.paillier.PaillierEncryptor;
import ai.cifer.homocryption.paillier.PaillierEvaluator;
import ai.cifer.homocryption.paillier.PaillierException;
import ai.cifer.homocryption.paillier.PaillierKeyProof;
import ai.cifer.homocryption.paillier.PaillierPacking;
import ai.cifer.homocryption.paillier.PaillierPublicKey;
import ai.cifer.homocryption.paillier.PaillierSecretKey;
import ai.cifer.homocryption.paillier.PaillierVector;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Consumer;

/// Paillier: exact sums of integers, the older scheme that many other systems speak.
///
/// A ciphertext of m is `(1 + n)^m · r^n mod n²`. Products of ciphertexts are sums of plaintexts,
/// exactly, and a power is a multiple; products of plaintexts do not exist. It is slow and its
/// ciphertexts are large, so it is for small models and for interoperability.
public final class _9_Paillier {

  private static final byte[] CONTEXT = "clinic, study 7".getBytes(StandardCharsets.UTF_8);

  private _9_Paillier() {}

  public static void main(String[] args) {
    run(IO::println);
  }

  /// @return the opened sum of the two vectors
  static long[] run(Consumer<String> out) {
    // Large numbers are computed by the system's GMP where there is one, in constant time; else by
    // BigInteger, several times slower. This says which, and what to do about it.
    out.accept(PaillierBackend.statement());

    // 3072 bits, argued: factoring n of that size takes 2^128 operations (NIST SP 800-57); 2048
    // bits give 112, and are refused unless asked for.
    SecureRandom random = new SecureRandom();
    try (PaillierSecretKey secret = PaillierSecretKey.generate(3072, random)) {
      PaillierPublicKey key = secret.publicKey();
      out.accept(key.toString());

      // The owner proves that n is well formed; who encrypts verifies it. A badly made n would let
      // a ciphertext decrypt to something else than was encrypted.
      PaillierKeyProof.create(secret, CONTEXT).verify(CONTEXT);

      PaillierEncryptor encryptor = new PaillierEncryptor(key, random);
      PaillierEvaluator evaluator = new PaillierEvaluator(key);
      try (PaillierDecryptor decryptor = new PaillierDecryptor(secret, random)) {
        // Single numbers: 17·3 + 25.
        PaillierCiphertext seventeen = encryptor.encrypt(17);
        PaillierCiphertext result =
            evaluator.add(
                evaluator.multiply(seventeen, BigInteger.valueOf(3)), BigInteger.valueOf(25));
        out.accept("17 · 3 + 25 = " + decryptor.decrypt(result));

        // Vectors: a plaintext has 3071 bits and a number 20, so many share a ciphertext. A field
        // of 28 bits holds the sum of 256 of them, 20 + 8; 109 fields fit.
        PaillierPacking packing = PaillierPacking.of(key, 20, 256);
        long[] one = new long[1000];
        long[] other = new long[1000];
        Arrays.setAll(one, i -> i);
        Arrays.setAll(other, i -> 1_048_575 - 7L * i);
        PaillierVector a = encryptor.encrypt(one, packing);
        PaillierVector b = encryptor.encrypt(other, packing);
        PaillierVector sum = evaluator.add(a, b);
        out.accept(
            "%d numbers in %d ciphertexts, %.2f bytes each; one alone would take 768"
                .formatted(
                    sum.size(), sum.ciphertexts().size(), (double) sum.formBytes() / sum.size()));
        long[] opened = decryptor.decrypt(sum);
        out.accept("sums: " + Arrays.toString(Arrays.copyOf(opened, 4)) + " ...");

        // Nothing runs over silently: a sum of more vectors than the fields hold is refused.
        try {
          evaluator.multiply(sum, 200);
        } catch (PaillierException refused) {
          out.accept("400 vectors: " + refused.getMessage());
        }
        return opened;
      }
    }
  }
}
