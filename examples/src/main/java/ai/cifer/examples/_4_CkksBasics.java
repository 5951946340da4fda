package ai.cifer.examples;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksDecryptor;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksEncryptor;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.LevelExhausted;
import ai.cifer.homocryption.ckks.Preset;
import java.util.Locale;
import java.util.function.Consumer;

/// CKKS by hand: `π·x³ + 0.4·x + 1` of 4096 encrypted numbers, with every level and scale argued.
/// The sixth example does the same in one line; this one shows what that line does.
///
/// CKKS computes with approximate real numbers. A vector of N/2 numbers becomes one polynomial
/// (encoding), its coefficients multiplied by a large scale and rounded to integers; encryption
/// adds a small error. A product multiplies the scales too, and rescaling brings them back by
/// dividing by one of the primes of the modulus. Primes run out: that is what levels count.
public final class _4_CkksBasics {

  private static final double PI = Math.PI;

  private _4_CkksBasics() {}

  public static void main(String[] args) {
    run(IO::println);
  }

  /// @return the largest error among all 4096 results
  static double run(Consumer<String> out) {
    // C13, argued:
    //
    // - N = 8192 coefficients, so 4096 numbers in a ciphertext.
    // - The modulus Q has 44 + 40 + 40 + 40 bits and key switching adds a prime P of 50: 214 bits
    // in
    //   all, exactly what the 2024 security guidelines allow at this N for 128 bits of security.
    // - Three primes of 40 bits can be divided away: depth 3. Each division undoes one product with
    //   the scale 2^40, which is why they have 40 bits.
    // - What is left at the end is one prime of 44 bits under a scale of 2^40: 44 - 40 - 1 = 3 bits
    //   before the binary point, so results must stay below 8. Ours are below π + 0.4 + 1 = 4.6.
    CkksParameters parameters = CkksParameters.of(Preset.C13);
    out.accept(parameters.toString());

    // The owner's keys. close() overwrites the secret one.
    try (CkksKeys keys = CkksKeys.generate(parameters)) {
      CkksEncoder encoder = keys.encoder();
      // Whoever has data needs the public key, whoever computes the relinearization key.
      CkksEncryptor encryptor = keys.encryptor();
      CkksEvaluator evaluator = new CkksEvaluator(keys.relinearizationKey());

      double[] values = new double[parameters.slots()];
      for (int j = 0; j < values.length; j++) {
        values[j] = (double) j / (values.length - 1);
      }
      CkksCiphertext x = encryptor.encrypt(encoder.encode(values));
      show(out, "x", x);

      // x²: the product has three polynomials and the scale 2^80. Relinearization makes it two
      // again, so that it does not grow with every product; rescaling brings the scale back.
      CkksCiphertext square = evaluator.multiply(x, x);
      show(out, "x² before relinearization", square);
      square = evaluator.rescale(evaluator.relinearize(square));
      show(out, "x²", square);

      // π·x, and not π·x²: it costs a level as x² did, so both have level 2 and their product
      // π·x³ has level 1. (π·x²)·x would need levels 3 to 0: one more.
      CkksCiphertext piX = evaluator.rescale(evaluator.multiply(x, PI));
      show(out, "π·x", piX);
      CkksCiphertext piCube = evaluator.multiply(piX, square);
      piCube = evaluator.rescale(evaluator.relinearize(piCube));
      show(out, "π·x³", piCube);

      // 0.4·x has level 2. A sum needs one level and one scale. The scales of two levels differ by
      // some parts in a million, as primes of 40 bits are not 2^40; matchTo makes them exactly
      // equal, where others declare them equal and live with the error.
      CkksCiphertext linear = evaluator.rescale(evaluator.multiply(x, 0.4));
      CkksCiphertext sum = evaluator.add(piCube, evaluator.matchTo(linear, piCube));
      CkksCiphertext result = evaluator.add(sum, 1);
      show(out, "π·x³ + 0.4·x + 1", result);

      // Only the secret key opens it. What may be done with the numbers is a chapter of its own:
      // see CkksDecryptor.
      double[] opened = encoder.decode(new CkksDecryptor(keys.secretKey()).decrypt(result));
      double worst = 0;
      for (int j = 0; j < values.length; j++) {
        double expected = PI * Math.pow(values[j], 3) + 0.4 * values[j] + 1;
        worst = Math.max(worst, Math.abs(opened[j] - expected));
      }
      for (int j : new int[] {0, 1, values.length - 1}) {
        out.accept("x = %.5f gives %.5f".formatted(values[j], opened[j]));
      }
      out.accept("largest error of all: 2^%.1f".formatted(Math.log(worst) / Math.log(2)));

      // One level is left: one more product works, a second one does not, and says so.
      CkksCiphertext last =
          evaluator.rescale(evaluator.relinearize(evaluator.multiply(result, result)));
      try {
        evaluator.rescale(evaluator.multiply(last, 0.5));
      } catch (LevelExhausted exhausted) {
        out.accept("a product too many: " + exhausted.getMessage());
      }
      return worst;
    }
  }

  private static void show(Consumer<String> out, String name, CkksCiphertext a) {
    out.accept(
        String.format(
            Locale.ROOT,
            "%-26s level %d, scale 2^%.7f, %d polynomials",
            name,
            a.level(),
            Math.log(a.scale()) / Math.log(2),
            a.size()));
  }
}
