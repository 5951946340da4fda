package ai.cifer.homocryption.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The scalar and the vector kernels, at every width of vectors, give the same bits; and those are
/// right by big integers.
class KernelTwinTest {
  private static final String VECTOR_API = "--add-modules=jdk.incubator.vector";

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 10, 11, 12, 13, 14, 15, 16, 17})
  void twinsAreEqual(int logDegree) {
    for (int bits : TwinCheck.BITS) {
      assertThat(TwinCheck.compare(1 << logDegree, bits)).isEmpty();
    }
  }

  /// If this fails, the other tests compare the scalar kernels with themselves.
  @Test
  void theTestsRunOnVectors() {
    assertThat(TwinCheck.vector().lanes()).isGreaterThan(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void twinsAreEqualAtEveryWidth(int lanes) throws Exception {
    var result = twinCheck(List.of(), lanes, "10", "11", "12");
    assertThat(result).isEqualTo(new ChildJvm.Result(0, "equal: 24"));
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"2,3", "4,3", "8,3", "2,2", "4,2"})
  void twinsAreEqualAtEveryWidthAndDegree(int lanes, int avx) throws Exception {
    List<String> flags = isX86() ? List.of("-XX:UseAVX=" + avx) : List.of();
    var result = twinCheck(flags, lanes, "8", "9", "10", "11", "12", "13", "14", "15", "16", "17");
    assertThat(result).isEqualTo(new ChildJvm.Result(0, "equal: 80"));
  }

  private static boolean isX86() {
    return List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
  }

  private static ChildJvm.Result twinCheck(List<String> flags, int lanes, String... degrees)
      throws Exception {
    var all = new ArrayList<>(flags);
    all.add(VECTOR_API);
    all.add("-D" + KernelProvider.LANES_PROPERTY + "=" + lanes);
    var arguments = new ArrayList<>(List.of(degrees));
    arguments.addFirst(Integer.toString(lanes));
    var result = ChildJvm.run(all, TwinCheck.class, arguments.toArray(String[]::new));
    String output =
        result.output().replace("WARNING: Using incubator modules: jdk.incubator.vector", "");
    return new ChildJvm.Result(result.exitCode(), output.strip());
  }

  /// Position i holds the value at `ψ^(2·brev(i) + 1)`.
  @ParameterizedTest
  @CsvSource({"10,30", "10,50", "11,49", "13,40", "15,50"})
  void forwardEvaluatesThePolynomial(int logDegree, int bits) {
    int degree = 1 << logDegree;
    long prime = Tables.prime(bits, degree);
    BigInteger p = BigInteger.valueOf(prime);
    BigInteger root = Tables.root(prime, degree);
    double[] a = TwinCheck.random(degree, prime, 1);
    double[] values = a.clone();
    TwinCheck.vector().prime(Tables.of(prime, degree)).forward(values);
    for (int n = 0; n < 24; n++) {
      int i = n < 16 ? n : degree - 1 - (n * 37) % degree;
      int exponent = 2 * (Integer.reverse(i) >>> (32 - logDegree)) + 1;
      BigInteger x = root.modPow(BigInteger.valueOf(exponent), p);
      BigInteger value = BigInteger.ZERO;
      for (int j = degree - 1; j >= 0; j--) {
        value = value.multiply(x).add(BigInteger.valueOf((long) a[j])).mod(p);
      }
      assertThat(values[i]).as("position %d", i).isEqualTo(Tables.centred(value, prime));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {30, 45, 50})
  void elementsEqualBigIntegers(int bits) {
    int degree = 1024;
    long prime = Tables.prime(bits, degree);
    PrimeKernel kernel = TwinCheck.vector().prime(Tables.of(prime, degree));
    double[] a = TwinCheck.random(degree, prime, 2);
    double[] b = TwinCheck.random(degree, prime, 3);
    double[] sum = new double[degree];
    double[] difference = new double[degree];
    double[] product = new double[degree];
    double[] scaled = new double[degree];
    double[] accumulated = a.clone();
    kernel.add(a, b, sum);
    kernel.subtract(a, b, difference);
    kernel.multiply(a, b, product);
    kernel.multiply(a, b[0], scaled);
    kernel.multiplyAdd(a, b, accumulated);
    for (int j = 0; j < degree; j++) {
      BigInteger x = BigInteger.valueOf((long) a[j]);
      BigInteger y = BigInteger.valueOf((long) b[j]);
      BigInteger constant = BigInteger.valueOf((long) b[0]);
      assertThat(sum[j]).isEqualTo(Tables.centred(x.add(y), prime));
      assertThat(difference[j]).isEqualTo(Tables.centred(x.subtract(y), prime));
      assertThat(product[j]).isEqualTo(Tables.centred(x.multiply(y), prime));
      assertThat(scaled[j]).isEqualTo(Tables.centred(x.multiply(constant), prime));
      assertThat(accumulated[j]).isEqualTo(Tables.centred(x.add(x.multiply(y)), prime));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {30, 50})
  void reduceTakesIntegersUpTo2To51(int bits) {
    int degree = 256;
    long prime = Tables.prime(bits, degree);
    PrimeKernel kernel = TwinCheck.vector().prime(Tables.of(prime, degree));
    double[] a = new double[degree];
    double[] out = new double[degree];
    for (int j = 0; j < degree; j++) {
      // Around odd multiples of p/2, where rounding decides, up to ±2^51.
      long halves = ((1L << 51) / prime) * 2 - 1 - 2L * (j / 8);
      a[j] =
          (double) Math.max(-(1L << 51), (halves * prime + 1) / 2 * (j % 2 == 0 ? 1 : -1) + j % 5);
    }
    a[0] = 0x1p51;
    a[1] = -0x1p51;
    kernel.reduce(a, out);
    for (int j = 0; j < degree; j++) {
      assertThat(out[j]).isEqualTo(Tables.centred(BigInteger.valueOf((long) a[j]), prime));
    }
  }
}
