package ai.cifer.homocryption.threshold;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Known answers from `vectors/threshold.py`, an independent reference in Python integers. They may
/// not change: a share that is made again after an update must be the identical one.
class ThresholdVectorTest {
  private static final RnsRing RING = InsecureParameters.composite(8).ring();

  private static List<String[]> vectors(String kind) throws IOException {
    try (InputStream in = ThresholdVectorTest.class.getResourceAsStream("/vectors/threshold.tsv")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .map(line -> line.split("\t", -1))
          .filter(fields -> fields[0].equals(kind))
          .toList();
    }
  }

  private static byte[] seed() {
    byte[] seed = new byte[32];
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (byte) i;
    }
    return seed;
  }

  @Test
  void wideGaussiansEqualTheReference() throws Exception {
    List<String[]> vectors = vectors("wide");
    assertThat(vectors).hasSize(5);
    for (String[] vector : vectors) {
      var gaussian = new WideGaussian(Math.pow(2, Integer.parseInt(vector[1])));
      requireEqual(gaussian.sample(RING, RING.ciphertextPrimes(), seed()), vector);
    }
  }

  @Test
  void masksEqualTheReference() throws Exception {
    List<String[]> vectors = vectors("mask");
    assertThat(vectors).hasSize(4);
    for (String[] vector : vectors) {
      int bits = Integer.parseInt(vector[1]);
      requireEqual(UniformMask.draw(RING, RING.ciphertextPrimes(), bits, seed()), vector);
    }
  }

  @Test
  void lagrangeCoefficientsEqualTheReference() throws IOException {
    List<String[]> vectors = vectors("lagrange");
    assertThat(vectors).hasSize(5);
    for (String[] vector : vectors) {
      int[] parties = Arrays.stream(vector[1].split(" ", -1)).mapToInt(Integer::parseInt).toArray();
      ActiveSet set = ActiveSet.of(new Committee(62, parties.length), parties);
      for (String answer : vector[2].split(" ", -1)) {
        String[] fields = answer.split("[:/]", -1);
        BigInteger numerator = new BigInteger(fields[1]);
        BigInteger denominator = fields.length == 3 ? new BigInteger(fields[2]) : BigInteger.ONE;
        for (int i = 0; i < RING.ciphertextPrimes(); i++) {
          BigInteger p = BigInteger.valueOf(RING.prime(i));
          double actual = set.lagrange(RING, Integer.parseInt(fields[0]), i);
          assertThat(BigInteger.valueOf((long) actual).multiply(denominator).mod(p))
              .as(answer)
              .isEqualTo(numerator.mod(p));
        }
      }
    }
  }

  private static void requireEqual(RnsPolynomial actual, String[] vector) throws Exception {
    String[] values =
        Arrays.stream(integers(actual)).map(BigInteger::toString).toArray(String[]::new);
    assertThat(String.join(" ", Arrays.copyOf(values, 8))).as(vector[1]).isEqualTo(vector[2]);
    byte[] joined =
        Arrays.stream(values).collect(Collectors.joining(" ")).getBytes(StandardCharsets.US_ASCII);
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(joined)))
        .as(vector[1])
        .isEqualTo(vector[3]);
  }

  /// The centred integers by the Chinese remainder theorem.
  private static BigInteger[] integers(RnsPolynomial a) {
    BigInteger q = RING.product(0, a.size());
    BigInteger[] sums = new BigInteger[RING.degree()];
    Arrays.fill(sums, BigInteger.ZERO);
    for (int i = 0; i < a.size(); i++) {
      double[] row = a.row(i).clone();
      RING.kernel(i).inverse(row);
      BigInteger p = BigInteger.valueOf(RING.prime(i));
      BigInteger hat = q.divide(p);
      BigInteger factor = hat.multiply(hat.modInverse(p));
      for (int j = 0; j < sums.length; j++) {
        sums[j] = sums[j].add(factor.multiply(BigInteger.valueOf((long) row[j])));
      }
    }
    for (int j = 0; j < sums.length; j++) {
      BigInteger x = sums[j].mod(q);
      sums[j] = x.shiftLeft(1).compareTo(q) > 0 ? x.subtract(q) : x;
    }
    return sums;
  }
}
