package ai.cifer.secagg.cipher;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksDecryptor;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksPads;
import ai.cifer.homocryption.ckks.CkksPublicKey;
import ai.cifer.homocryption.ckks.CkksSecretKey;
import ai.cifer.homocryption.ckks.KeyGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/// The CKKS key of one round.
final class CkksSumSecretKey implements SumSecretKey {
  /// Proven: the error is below half a unit; see [CkksCipher].
  private static final double MOST_DEVIATION = 0.4;

  private final CkksSecretKey secret;
  private final CkksPublicKey publicKey;
  private final CkksDecryptor decryptor;
  private final CkksEncoder encoder = new CkksEncoder(CkksCipher.PARAMETERS);

  private CkksSumSecretKey(CkksSecretKey secret, CkksPublicKey publicKey) {
    this.secret = secret;
    this.publicKey = publicKey;
    decryptor = new CkksDecryptor(secret);
  }

  static CkksSumSecretKey generate(SecureRandom random) {
    KeyGenerator generator = new KeyGenerator(CkksCipher.PARAMETERS, random);
    CkksSecretKey secret = generator.secretKey();
    return new CkksSumSecretKey(secret, generator.publicKey(secret));
  }

  @Override
  public byte[] publicBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      publicKey.write(out);
    } catch (IOException impossible) {
      throw new UncheckedIOException("memory can be written", impossible);
    }
    return out.toByteArray();
  }

  @Override
  public long[] open(
      AggregationParameters parameters, int block, ByteBuffer sum, List<byte[]> seeds) {
    List<CkksCiphertext> ciphertexts = CkksCipher.read(parameters, sum);
    long[] sums = new long[parameters.valuesPerBlock()];
    boolean integers = true;
    for (int j = 0; j < ciphertexts.size(); j++) {
      CkksCiphertext padded = ciphertexts.get(j);
      long number = (long) block * ciphertexts.size() + j;
      CkksEncoder.ComplexVector slots =
          SumScheme.refusing(() ->
              encoder.decodeComplex(decryptor.decrypt(CkksPads.remove(padded, seeds, number))));
      int from = j * CkksCipher.CAPACITY;
      integers &= round(slots.real(), sums, from);
      integers &= round(slots.imaginary(), sums, from + slots.real().length);
    }
    if (!integers) {
      Arrays.fill(sums, 0);
      throw new CipherRefused(
          "sum: no integers (expected: the sum over the certified cohort, nothing else)");
    }
    return SumSecretKey.requireSums(parameters, sums, seeds.size());
  }

  /// Only the integers leave: the errors beside them would tell of the key.
  private static boolean round(double[] values, long[] out, int from) {
    double largest = 0;
    for (int i = 0; i < values.length && from + i < out.length; i++) {
      double integer = Math.rint(values[i]);
      largest = Math.max(largest, Math.abs(values[i] - integer));
      out[from + i] = (long) integer;
    }
    Arrays.fill(values, 0);
    return largest <= MOST_DEVIATION;
  }

  @Override
  public void close() {
    secret.close();
  }

  /// Names the public half only.
  @Override
  public String toString() {
    return "CkksSumSecretKey of " + publicKey;
  }
}
