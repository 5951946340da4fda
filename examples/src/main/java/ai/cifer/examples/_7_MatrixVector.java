package ai.cifer.examples;

import ai.cifer.homocryption.CkksContext;
import ai.cifer.homocryption.EncryptedMatrix;
import ai.cifer.homocryption.EncryptedVector;
import ai.cifer.homocryption.RotationPlan;
import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.MissingKey;
import ai.cifer.homocryption.ckks.Preset;
import java.util.Locale;
import java.util.function.Consumer;

/// Matrices, in both ways that they meet encryption: a plain matrix times an encrypted vector (a
/// layer of a model that the server owns), and an encrypted matrix times a plain vector (a table of
/// patients that is scored).
public final class _7_MatrixVector {

  private static final int SIZE = 128;

  private _7_MatrixVector() {}

  public static void main(String[] args) {
    run(IO::println);
  }

  /// @return the largest error of both products
  static double run(Consumer<String> out) {
    CkksParameters parameters = CkksParameters.of(Preset.C13);

    // A product with a 128 x 128 matrix is the sum of its 128 diagonals, each times a rotation of
    // the vector. With 16 small and 8 large steps, 16 · 8 = 128, the rotations by 1, 2 ... 15 and
    // by
    // 16, 32 ... 112 are enough: 22 keys, and not 127.
    RotationPlan plan = RotationPlan.none().withMatrix(SIZE, SIZE);
    out.accept(plan + " needs " + plan.steps(parameters).size() + " rotations");

    try (CkksKeys keys = CkksKeys.generate(parameters, plan.steps(parameters))) {
      CkksContext ckks = CkksContext.of(keys);

      // The layer: weights of the server, inputs of the client.
      double[][] weights = new double[SIZE][SIZE];
      double[] inputs = new double[SIZE];
      for (int i = 0; i < SIZE; i++) {
        inputs[i] = Math.cos(i);
        for (int j = 0; j < SIZE; j++) {
          weights[i][j] = Math.sin(i * SIZE + j) / SIZE;
        }
      }
      EncryptedVector x = ckks.encrypt(inputs);
      EncryptedVector y = x.premultiply(weights);
      double worst = worst(y.decrypt(keys.secretKey()), weights, inputs);
      out.accept(String.format(Locale.ROOT, "layer: %s, largest error %.1e", y, worst));

      // The table: 500 patients with 3 features, encrypted column by column; the scores are its
      // columns times plain numbers, added. No rotation at all.
      double[][] patients = new double[500][];
      for (int i = 0; i < patients.length; i++) {
        patients[i] = new double[] {Math.sin(i), Math.cos(i), Math.sin(2 * i)};
      }
      double[] coefficients = {0.5, -1.25, 0.75};
      EncryptedMatrix table = ckks.encrypt(patients);
      EncryptedVector scores = table.matmul(coefficients);
      double worstScore = worst(scores.decrypt(keys.secretKey()), patients, coefficients);
      out.accept(table.toString());
      out.accept(String.format(Locale.ROOT, "scores: %s, largest error %.1e", scores, worstScore));

      // Other sizes need other rotations; the message has the plan for them.
      try {
        scores.premultiply(new double[2][500]);
      } catch (MissingKey missing) {
        out.accept("not planned: " + missing.getMessage());
      }
      return Math.max(worst, worstScore);
    }
  }

  private static double worst(double[] actual, double[][] matrix, double[] vector) {
    double worst = 0;
    for (int i = 0; i < matrix.length; i++) {
      double expected = 0;
      for (int j = 0; j < vector.length; j++) {
        expected += matrix[i][j] * vector[j];
      }
      worst = Math.max(worst, Math.abs(actual[i] - expected));
    }
    return worst;
  }
}
