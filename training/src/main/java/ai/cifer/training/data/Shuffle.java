package ai.cifer.training.data;

import java.util.random.RandomGenerator;

/// The order of examples.
final class Shuffle {

  private Shuffle() {}

  /// Fisher and Yates: every order equally likely.
  static void inPlace(int[] values, RandomGenerator random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
  }
}
