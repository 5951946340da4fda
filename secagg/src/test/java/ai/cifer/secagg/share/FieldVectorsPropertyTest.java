package ai.cifer.secagg.share;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.secagg.TestFederation;
import java.math.BigInteger;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// Against the same in whole numbers without a limit.
class FieldVectorsPropertyTest {
  private static final int P = Shamir.PRIME;
  private static final BigInteger PRIME = BigInteger.valueOf(P);

  /// Longer than a tile of 1024, so that tiles and their rest are in it.
  private static final int LENGTH = 1024 + 37;

  private static int[] vector(RandomGenerator random) {
    int[] vector = new int[LENGTH];
    for (int k = 0; k < LENGTH; k++) {
      vector[k] = random.nextInt(P);
    }
    vector[0] = P - 1;
    vector[1] = 0;
    vector[LENGTH - 1] = P - 1;
    return vector;
  }

  private static int[][] vectors(int count, RandomGenerator random) {
    int[][] vectors = new int[count][];
    for (int i = 0; i < count; i++) {
      vectors[i] = vector(random);
    }
    return vectors;
  }

  @Property(tries = 40)
  void valuesAreThoseOfThePolynomials(
      @ForAll @IntRange(min = 1, max = 40) int terms,
      @ForAll @IntRange(min = 1, max = (1 << 29) - 1) int any,
      @ForAll boolean small,
      @ForAll long seed) {
    int x = small ? 1 + any % 256 : any;
    int[][] coefficients = vectors(terms, TestFederation.random(seed));
    int[] values = FieldVectors.evaluate(coefficients, x);
    for (int k = 0; k < LENGTH; k++) {
      BigInteger value = BigInteger.ZERO;
      for (int degree = terms - 1; degree >= 0; degree--) {
        value =
            value
                .multiply(BigInteger.valueOf(x))
                .add(BigInteger.valueOf(coefficients[degree][k]))
                .mod(PRIME);
      }
      assertThat(values[k]).isEqualTo(value.intValueExact());
    }
  }

  @Property(tries = 20)
  void sumsAreThoseOfScaledVectors(
      @ForAll @IntRange(min = 1, max = 256) int terms, @ForAll long seed) {
    RandomGenerator random = TestFederation.random(seed);
    int[][] vectors = vectors(terms, random);
    int[] weights = vector(random);
    long[] sums = new long[LENGTH];
    for (int i = 0; i < terms; i++) {
      FieldVectors.addScaled(vectors[i], weights[i], sums);
    }
    int[] reduced = FieldVectors.reduced(sums);
    for (int k = 0; k < LENGTH; k++) {
      BigInteger sum = BigInteger.ZERO;
      for (int i = 0; i < terms; i++) {
        sum = sum.add(BigInteger.valueOf(weights[i]).multiply(BigInteger.valueOf(vectors[i][k])));
      }
      assertThat(reduced[k]).isEqualTo(sum.mod(PRIME).intValueExact());
    }
  }
}
