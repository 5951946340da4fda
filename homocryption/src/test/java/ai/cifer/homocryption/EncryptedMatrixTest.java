package ai.cifer.homocryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.TestParameters;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;

class EncryptedMatrixTest {
  private static final CkksParameters P = TestParameters.INSECURE_N8;
  private static final CkksKeys KEYS =
      CkksKeys.generate(P, RotationPlan.none().withSums(150).steps(P));
  private static final CkksContext CKKS = CkksContext.of(KEYS);
  private static final int ROWS = 150;

  private final Random random = new Random(11);
  private final double[][] a = matrix(ROWS, 3);
  private final double[][] b = matrix(ROWS, 3);
  private final double[][] small = matrix(3, 2);
  private final EncryptedMatrix x = CKKS.encrypt(a);

  private double[][] matrix(int rows, int columns) {
    double[][] out = new double[rows][columns];
    for (double[] row : out) {
      for (int j = 0; j < columns; j++) {
        row[j] = 2 * random.nextDouble() - 1;
      }
    }
    return out;
  }

  private static double[][] zip(double[][] a, double[][] b, DoubleBinaryOperator f) {
    double[][] out = new double[a.length][a[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        out[i][j] = f.applyAsDouble(a[i][j], b[i][j]);
      }
    }
    return out;
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] out = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        for (int k = 0; k < b.length; k++) {
          out[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return out;
  }

  private static double[][] transposed(double[][] a) {
    double[][] out = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        out[j][i] = a[i][j];
      }
    }
    return out;
  }

  private static double[] column(double[][] a) {
    double[] out = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      out[i] = a[i][0];
    }
    return out;
  }

  private static void requireClose(EncryptedMatrix actual, double[][] expected) {
    double[][] values = actual.decrypt(KEYS.secretKey());
    assertThat(values).hasNumberOfRows(expected.length);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).containsExactly(expected[i], within(1e-5));
    }
  }

  private static void requireClose(EncryptedVector actual, double... expected) {
    assertThat(actual.decrypt(KEYS.secretKey())).containsExactly(expected, within(1e-5));
  }

  @Test
  void elementByElement() {
    EncryptedMatrix y = CKKS.encrypt(b);
    requireClose(x, a);
    requireClose(x.plus(y), zip(a, b, Double::sum));
    requireClose(x.plus(b), zip(a, b, Double::sum));
    requireClose(x.minus(y), zip(a, b, (p, q) -> p - q));
    requireClose(x.minus(b), zip(a, b, (p, q) -> p - q));
    requireClose(x.times(y), zip(a, b, (p, q) -> p * q));
    requireClose(x.times(b), zip(a, b, (p, q) -> p * q));
    requireClose(x.plus(2), zip(a, b, (p, _) -> p + 2));
    requireClose(x.minus(2), zip(a, b, (p, _) -> p - 2));
    requireClose(x.times(2), zip(a, b, (p, _) -> p * 2));
    requireClose(x.negated(), zip(a, b, (p, _) -> -p));
    requireClose(x.polynomial(1, 0, -0.5), zip(a, b, (p, _) -> 1 - 0.5 * p * p));
    requireClose(x.column(0), column(a));
  }

  @Test
  void products() {
    double[][] v = matrix(3, 1);
    requireClose(x.matmul(column(v)), column(product(a, v)));
    requireClose(x.matmul(CKKS.encrypt(column(v))), column(product(a, v)));
    requireClose(x.matmul(small), product(a, small));
    requireClose(x.matmul(CKKS.encrypt(small)), product(a, small));
  }

  @Test
  void gradientsOfExamples() {
    double[][] residuals = matrix(ROWS, 1);
    requireClose(
        x.transposedMatmul(CKKS.encrypt(column(residuals))),
        column(product(transposed(a), residuals)));
  }

  @Test
  void sums() {
    double[][] ones = zip(matrix(ROWS, 1), matrix(ROWS, 1), (_, _) -> 1);
    requireClose(x.columnSums(), column(product(transposed(a), ones)));
    requireClose(x.rowSums(), column(product(a, new double[][] {{1}, {1}, {1}})));
    requireClose(x.sum(), product(product(transposed(ones), a), new double[][] {{1}, {1}, {1}})[0]);
  }

  @Test
  void aProductWithZeros_isZeroAndShowsNothing() {
    requireClose(x.matmul(new double[3]), new double[ROWS]);
    requireClose(x.matmul(new double[][] {{0, 1}, {0, 0}, {0, 0}}).column(0), new double[ROWS]);
  }

  @Test
  void shapesThatDoNotFit_areNamed() {
    assertThatThrownBy(() -> x.matmul(new double[2]))
        .isInstanceOf(ShapeMismatch.class)
        .hasMessage("matmul, vector: 2 (expected: 3)");
    assertThatThrownBy(() -> x.plus(small))
        .isInstanceOf(ShapeMismatch.class)
        .hasMessage("plus: 3 x 2 (expected: 150 x 3, the shape of the encrypted matrix)");
    assertThatThrownBy(() -> CKKS.encrypt(new double[][] {{1, 2}, {3}}))
        .isInstanceOf(ShapeMismatch.class)
        .hasMessage("row 1: length 1 (expected: 2, that of row 0)");
    assertThatThrownBy(() -> CKKS.encrypt(new double[0][]))
        .isInstanceOf(ShapeMismatch.class)
        .hasMessageContaining("empty");
  }
}
