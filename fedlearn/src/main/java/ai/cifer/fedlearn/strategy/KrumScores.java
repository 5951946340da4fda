package ai.cifer.fedlearn.strategy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// The scores of Krum [Blanchard et al., 2017]: for each update the sum of its squared distances to
/// the `n - f - 2` nearest others.
final class KrumScores {

  private KrumScores() {}

  /// The indices of `candidates` by ascending score; equal scores in their given order.
  ///
  /// @param candidates indices into `squared`; distances to all others are left out
  static List<Integer> ranked(double[][] squared, List<Integer> candidates, int malicious) {
    int nearest = Math.max(1, candidates.size() - malicious - 2);
    double[] score = new double[squared.length];
    for (int a : candidates) {
      double[] others =
          candidates.stream().filter(b -> b != a).mapToDouble(b -> squared[a][b]).toArray();
      Arrays.sort(others);
      score[a] = Arrays.stream(others, 0, Math.min(nearest, others.length)).sum();
    }
    return candidates.stream().sorted(Comparator.comparingDouble(a -> score[a])).toList();
  }

  static List<Integer> all(int n) {
    return IntStream.range(0, n).boxed().toList();
  }
}
