package ai.cifer.examples;

import ai.cifer.homocryption.CkksContext;
import ai.cifer.homocryption.EncryptedVector;
import ai.cifer.homocryption.HomoCryption;
import ai.cifer.homocryption.NamedKeys;
import ai.cifer.homocryption.RotationPlan;
import ai.cifer.homocryption.ckks.CkksPolynomial;
import ai.cifer.homocryption.ckks.LevelExhausted;
import ai.cifer.homocryption.ckks.Preset;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/// Encrypted vectors, as a data scientist uses them: levels, scales, relinearization, rotations and
/// packing are taken care of.
///
/// Two parties: a clinic, which has data and keys, and a laboratory, which computes and can read
/// nothing.
public final class _6_EncryptedVectors {

  private _6_EncryptedVectors() {}

  public static void main(String[] args) {
    run(IO::println);
  }

  /// @param mean of the measurements
  /// @param variance of the measurements
  /// @param worstRisk largest difference of a risk from the true sigmoid
  record Results(double mean, double variance, double worstRisk) {}

  static Results run(Consumer<String> out) {
    // 1000 measurements around 1.
    double[] measured = new double[1000];
    for (int i = 0; i < measured.length; i++) {
      measured[i] = 1 + 0.5 * Math.sin(i);
    }

    try (HomoCryption clinic = new HomoCryption()) {
      // C14, argued: the longest chain of products below is one for scaling and four for a
      // Chebyshev
      // polynomial of degree 15: five levels, C14 has seven. Its 8192 slots hold the 1000 numbers
      // in
      // one ciphertext. Sums of up to 1000 numbers need the rotations by 1, 2, 4 ... 512: ten keys.
      NamedKeys keys =
          clinic.generateNamedKeys("clinic", Preset.C14, RotationPlan.none().withSums(1000));
      EncryptedVector x = clinic.encrypt("clinic", measured);
      out.accept("the laboratory receives " + x);

      // What the laboratory gets of the keys: a context. It encrypts and computes.
      CkksContext laboratory = keys.context();
      out.accept("and " + laboratory);

      // Mean and variance. A vector of length 1, such as a sum, goes with any other vector.
      EncryptedVector mean = x.sum().times(1.0 / x.length());
      EncryptedVector centred = x.minus(mean);
      EncryptedVector variance = centred.dot(centred).times(1.0 / x.length());
      out.accept("mean     " + mean);
      out.accept("variance " + variance);

      // A risk: the logistic function of 4·(x - 1), which lies in [-2, 2]. There is no division and
      // no exponential under encryption, so a polynomial stands for it: the Chebyshev interpolation
      // of degree 15 differs by less than 1e-7 from it there.
      CkksPolynomial sigmoid =
          CkksPolynomial.approximate(t -> 1 / (1 + Math.exp(-t)), -2.5, 2.5, 15);
      EncryptedVector risk = x.minus(1).times(4).polynomial(sigmoid);
      out.accept("risk     " + risk);

      // Levels are spent by products in a row; what is left is not enough for another polynomial.
      try {
        risk.polynomial(sigmoid);
      } catch (LevelExhausted exhausted) {
        out.accept("too deep: " + exhausted.getMessage());
      }

      // The clinic opens the results.
      double openedMean = clinic.decrypt("clinic", mean)[0];
      double openedVariance = clinic.decrypt("clinic", variance)[0];
      double[] risks = clinic.decrypt("clinic", risk);
      double worst = 0;
      for (int i = 0; i < risks.length; i++) {
        worst = Math.max(worst, Math.abs(risks[i] - 1 / (1 + Math.exp(-4 * (measured[i] - 1)))));
      }
      out.accept(
          String.format(
              Locale.ROOT,
              "the clinic opens: mean %.6f, variance %.6f, risks %s ...",
              openedMean,
              openedVariance,
              Arrays.stream(risks, 0, 3)
                  .mapToObj(r -> String.format(Locale.ROOT, "%.4f", r))
                  .toList()));
      out.accept(String.format(Locale.ROOT, "risks are wrong by at most %.1e", worst));
      return new Results(openedMean, openedVariance, worst);
    }
  }
}
