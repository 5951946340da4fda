package ai.cifer.examples;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.MissingKey;
import ai.cifer.homocryption.ckks.Preset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// Rotations: the only way for the numbers of one ciphertext to meet each other.
///
/// Sums and products work slot by slot. A rotation by k moves every number k slots to the left; it
/// needs a key of its own, made by the owner of the secret key, and costs as much as a
/// relinearization. So the rotations are planned before the keys are made.
public final class _5_RotationsAndSums {

  private _5_RotationsAndSums() {}

  public static void main(String[] args) {
    run(IO::println);
  }

  /// @return the decrypted sum of 1 to 8
  static double run(Consumer<String> out) {
    CkksParameters parameters = CkksParameters.of(Preset.C13);

    // Eight numbers, repeated over all 4096 slots: a rotation then turns the eight in a circle.
    double[] eight = {1, 2, 3, 4, 5, 6, 7, 8};
    double[] slots = new double[parameters.slots()];
    for (int j = 0; j < slots.length; j++) {
      // Divided by 8, because C13 keeps numbers below 8 at its last level and the sum is 36.
      slots[j] = eight[j % 8] / 8;
    }

    // The sum of 8 = 2³ numbers takes 3 rotations, by 1, 2 and 4, not 7: after the first step every
    // slot holds two numbers, after the second four, after the third all eight.
    List<Integer> planned = List.of(1, 2, 4);
    try (CkksKeys keys = CkksKeys.generate(parameters, planned)) {
      CkksEvaluator evaluator = keys.evaluator();
      CkksCiphertext x = keys.encryptor().encrypt(keys.encoder().encode(slots));

      show(out, keys, "the numbers, / 8", x);
      show(out, keys, "rotated by 1", evaluator.rotate(x, 1));
      show(out, keys, "rotated by 4", evaluator.rotate(x, 4));

      CkksCiphertext sum = x;
      for (int step : planned) {
        sum = evaluator.add(sum, evaluator.rotate(sum, step));
      }
      show(out, keys, "their sum, / 8", sum);

      // Rotations of ONE ciphertext share their most expensive part (hoisting): several of them
      // together cost far less than one after the other.
      List<CkksCiphertext> together = evaluator.rotations(x, 1, 2, 4);
      show(out, keys, "the third of three", together.get(2));

      // A rotation that was not planned has no key. The evaluator cannot make one: it would need
      // the secret key.
      try {
        evaluator.rotate(x, 3);
      } catch (MissingKey missing) {
        out.accept("not planned: " + missing.getMessage());
      }

      // What the keys cost. In memory a key is a pair of polynomials modulo QP for each of the 4
      // digits of Q: 4 · 2 · 5 primes · 8192 · 8 bytes.
      long bytes =
          parameters.digits()
              * 2L
              * (parameters.primes(parameters.depth()) + parameters.specialPrimes())
              * parameters.degree()
              * Double.BYTES;
      out.accept(
          String.format(Locale.ROOT, "each rotation's key takes %.1f MB of memory", bytes / 1e6));
      return 8 * keys.encoder().decode(keys.decryptor().decrypt(sum))[0];
    }
  }

  private static void show(Consumer<String> out, CkksKeys keys, String name, CkksCiphertext a) {
    double[] values = keys.encoder().decode(keys.decryptor().decrypt(a));
    out.accept(
        String.format(
            Locale.ROOT,
            "%-20s %s ...",
            name,
            String.join(
                " ",
                Arrays.stream(values, 0, 8)
                    .mapToObj(v -> String.format(Locale.ROOT, "%.3f", v))
                    .toList())));
  }
}
