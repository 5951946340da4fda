package ai.cifer.homocryption.paillier;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// One-time pads over plaintexts: what is encrypted is `m + r mod n`, so that even the holder of
/// the secret key learns nothing before r is taken away.
///
/// Pads add up modulo n: the sum of padded vectors is the sum of the messages under the sum of the
/// pads, and taking away the pads of a set of seeds leaves packed sums only if the vector is the
/// sum over exactly that set. Who knows none of the seeds sees uniform numbers.
///
/// r is AES-256 in counter mode under the seed, the number of the pad in the upper half of the
/// counter: bits of n and 128 more, modulo n, so uniform up to 2^-128. A pair of seed and number
/// serves for one vector.
public final class PaillierPads {
  /// Bytes of a seed.
  public static final int SEED_BYTES = 32;

  private static final int EXCESS_BYTES = 16;

  private PaillierPads() {}

  /// Encrypts packed values under the pad of a seed.
  ///
  /// @param values each in [0, 2^valueBits); not modified
  /// @param seed 32 secret bytes
  /// @param number of the pad under the seed
  /// @throws PaillierException.FieldOverflow if a value is out of range
  public static PaillierVector encrypt(
      PaillierEncryptor encryptor,
      long[] values,
      PaillierPacking packing,
      byte[] seed,
      long number) {
    PaillierPublicKey key = encryptor.key();
    packing.requireKey(key);
    packing.requireValues(values);
    int fields = packing.fields();
    BigInteger[] pads = pads(key, List.of(seed), number, packing.ciphertexts(values.length));
    PaillierCiphertext[] ciphertexts = new PaillierCiphertext[pads.length];
    for (int i = 0; i < pads.length; i++) {
      BigInteger packed =
          packing.pack(values, i * fields, Math.min(fields, values.length - i * fields));
      ciphertexts[i] = encryptor.encrypt(packed.add(pads[i]).mod(key.modulus()));
    }
    return new PaillierVector(key, packing, values.length, 1, List.of(ciphertexts));
  }

  /// Decrypts a sum and takes the pads of its summands away.
  ///
  /// @param seeds of all summands, each once
  /// @throws PaillierException.FieldOverflow if what remains cannot be a sum of so many vectors: it
  ///   is not the sum over these seeds, or a value was out of range
  public static long[] decrypt(
      PaillierDecryptor decryptor, PaillierVector sum, List<byte[]> seeds, long number) {
    PaillierPublicKey key = sum.key();
    if (sum.summands() != seeds.size()) {
      throw new PaillierException.FieldOverflow(
          "summands: %d (expected: %d, one for each seed)".formatted(sum.summands(), seeds.size()));
    }
    int fields = sum.packing().fields();
    BigInteger[] pads = pads(key, seeds, number, sum.ciphertexts().size());
    long[] values = new long[sum.size()];
    for (int i = 0; i < pads.length; i++) {
      BigInteger packed =
          decryptor.decrypt(sum.ciphertexts().get(i)).subtract(pads[i]).mod(key.modulus());
      sum.packing()
          .unpack(
              packed,
              sum.summands(),
              values,
              i * fields,
              Math.min(fields, values.length - i * fields));
    }
    return values;
  }

  /// The sums of the pads of all seeds, not reduced.
  private static BigInteger[] pads(
      PaillierPublicKey key, List<byte[]> seeds, long number, int count) {
    int width = (key.bits() + 7) / 8 + EXCESS_BYTES;
    BigInteger[] sums = new BigInteger[count];
    Arrays.fill(sums, BigInteger.ZERO);
    for (byte[] seed : seeds) {
      byte[] stream = stream(seed, number, Math.multiplyExact(width, count));
      for (int i = 0; i < count; i++) {
        sums[i] = sums[i].add(new BigInteger(1, stream, i * width, width));
      }
      Arrays.fill(stream, (byte) 0);
    }
    return sums;
  }

  private static byte[] stream(byte[] seed, long number, int bytes) {
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException(
          "seed: %d bytes (expected: %d)".formatted(seed.length, SEED_BYTES));
    }
    byte[] counter = ByteBuffer.allocate(2 * Long.BYTES).putLong(number).array();
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(seed, "AES"), new IvParameterSpec(counter));
      return cipher.doFinal(new byte[bytes]);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("AES/CTR is in every JDK", impossible);
    }
  }
}
