package ai.cifer.secagg.cipher;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksEncryptor;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksPads;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPublicKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// CKKS for sums: N = 4096, Q of two 35-bit primes, depth 0, scale 2^40; 4096 integers in a
/// ciphertext, as real and imaginary parts of its 2048 slots.
///
/// Sums come out exact, always: an encryption's error is at most `40·(2N + 1)` in a coefficient, so
/// at most N times that in a slot, and for 256 clients, rounding of the encoder included, below
/// `2^38.4 < 2^39`, half a unit. [#requireProfile] admits only profiles for which that holds and
/// whose sums, below 2^28, stay in `Q / 2`. log2 QP = 105 is below the 128-bit cap of 106.
final class CkksCipher implements SumCipher {
  static final CkksParameters PARAMETERS =
      CkksParameters.builder()
          .name("sums")
          .logDegree(12)
          .basePrimes(2, 35)
          .scalePrimeBits(40)
          .depth(0)
          .specialPrimes(1, 35)
          .build();

  static final double SCALE = 0x1p40;

  /// Integers in a ciphertext.
  static final int CAPACITY = PARAMETERS.degree();

  private static final int MOST_CLIENTS = 256;
  private static final int MOST_SUM_BITS = 28;

  private final AggregationParameters parameters;
  private final CkksPublicKey key;
  private final CkksEncoder encoder = new CkksEncoder(PARAMETERS);
  private final CkksEncryptor encryptor;
  private final CkksEvaluator evaluator = new CkksEvaluator(PARAMETERS);

  private CkksCipher(AggregationParameters parameters, CkksPublicKey key) {
    this.parameters = parameters;
    this.key = key;
    encryptor = new CkksEncryptor(key, new SecureRandom());
  }

  static void requireProfile(AggregationParameters parameters) {
    int growth = Integer.SIZE - Integer.numberOfLeadingZeros(parameters.maxClients() - 1);
    if (parameters.maxClients() > MOST_CLIENTS || parameters.valueBits() + growth > MOST_SUM_BITS) {
      throw new IllegalArgumentException(
          "profile: %s (expected: at most %d clients and sums of %d bits with encryption: ckks)"
              .formatted(parameters.name(), MOST_CLIENTS, MOST_SUM_BITS));
    }
  }

  static int ciphertexts(AggregationParameters parameters) {
    return Math.ceilDiv(parameters.valuesPerBlock(), CAPACITY);
  }

  static int blockBytes(AggregationParameters parameters) {
    return Math.toIntExact(ciphertexts(parameters) * CkksCiphertext.bytes(PARAMETERS, 0));
  }

  static CkksCipher read(AggregationParameters parameters, byte[] bytes) {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    try {
      CkksPublicKey key = CkksPublicKey.read(PARAMETERS, in);
      if (in.available() > 0) {
        throw new CipherRefused("public key: bytes after it (expected: none)");
      }
      return new CkksCipher(parameters, key);
    } catch (IOException impossible) {
      throw new UncheckedIOException("bytes in memory can be read", impossible);
    }
  }

  @Override
  public void encrypt(int block, int[] slots, byte[] seed, ByteBuffer out) {
    int half = PARAMETERS.slots();
    int count = ciphertexts(parameters);
    for (int j = 0; j < count; j++) {
      double[] real = part(slots, j * CAPACITY, half);
      double[] imaginary = part(slots, j * CAPACITY + half, half);
      CkksCiphertext plain = encryptor.encrypt(encoder.encode(real, imaginary, 0, SCALE));
      Arrays.fill(real, 0);
      Arrays.fill(imaginary, 0);
      write(CkksPads.add(plain, seed, (long) block * count + j), out);
    }
  }

  private static double[] part(int[] slots, int from, int most) {
    double[] part = new double[Math.clamp(slots.length - (long) from, 0, most)];
    for (int i = 0; i < part.length; i++) {
      part[i] = slots[from + i];
    }
    return part;
  }

  private static void write(CkksCiphertext ciphertext, ByteBuffer out) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) ciphertext.bytes());
    try {
      ciphertext.write(bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException("memory can be written", impossible);
    }
    out.put(bytes.toByteArray());
  }

  /// The ciphertexts of a block, which is read to its end.
  static List<CkksCiphertext> read(AggregationParameters parameters, ByteBuffer block) {
    byte[] bytes = new byte[block.remaining()];
    block.get(bytes);
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    List<CkksCiphertext> ciphertexts = new ArrayList<>();
    try {
      for (int j = 0; j < ciphertexts(parameters); j++) {
        CkksCiphertext one =
            SumScheme.refusing(() -> {
              try {
                return CkksCiphertext.read(PARAMETERS, in);
              } catch (IOException impossible) {
                throw new UncheckedIOException("bytes in memory can be read", impossible);
              }
            });
        if (one.scale() != SCALE || one.size() != 2 || one.isSeeded()) {
          throw new CipherRefused(
              "ciphertext: %s (expected: two polynomials without seed, scale 2^40)".formatted(one));
        }
        ciphertexts.add(one);
      }
      if (in.available() > 0) {
        throw new CipherRefused("block: bytes after the last ciphertext (expected: none)");
      }
      return ciphertexts;
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  @Override
  public Sum sum() {
    return new CkksSum();
  }

  private final class CkksSum implements Sum {
    private List<CkksCiphertext> sums = List.of();

    @Override
    public void clear() {
      sums = List.of();
    }

    @Override
    public void add(ByteBuffer block) {
      List<CkksCiphertext> next = read(parameters, block);
      List<CkksCiphertext> added = new ArrayList<>();
      for (int j = 0; j < next.size(); j++) {
        if (!next.get(j).keyId().equals(key.keyId())) {
          throw new CipherRefused(
              "key of a ciphertext: %s (expected: %s, that of the round)"
                  .formatted(next.get(j).keyId(), key.keyId()));
        }
        int at = j;
        added.add(
            sums.isEmpty()
                ? next.get(j)
                : SumScheme.refusing(() -> evaluator.add(sums.get(at), next.get(at))));
      }
      sums = List.copyOf(added);
    }

    @Override
    public void write(ByteBuffer out) {
      sums.forEach(sum -> CkksCipher.write(sum, out));
    }
  }
}
