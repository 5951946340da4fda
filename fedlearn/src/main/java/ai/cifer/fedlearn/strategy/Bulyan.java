package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Selects `n - 2f` updates with Krum, one after the other, then takes of each value the mean of
/// the `n - 4f` that are nearest to the median [El Mhamdi, Guerraoui, Rouault, 2018]. Needs `n >=
/// 4f + 3` clients; numbers of examples do not count. Costs n^2 / 2 passes over the model.
///
/// @see <a href="https://arxiv.org/abs/1802.07927">The Hidden Vulnerability of Distributed Learning
///   in Byzantium</a>
public final class Bulyan extends Configured implements Strategy.Robust {

  private final int malicious;

  private Bulyan(Builder builder) {
    super(builder);
    malicious = builder.maliciousClients();
  }

  public static Builder builder() {
    return new Builder();
  }

  static Bulyan from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "bulyan";
  }

  @Override
  public int minClients() {
    return 4 * malicious + 3;
  }

  @Override
  public void apply(Tensors current, List<ClientUpdate> updates, Memory memory, Tensors out) {
    double[][] squared = Distances.squared(updates);
    List<Integer> left = new ArrayList<>(KrumScores.all(updates.size()));
    List<Integer> selected = new ArrayList<>();
    while (selected.size() < updates.size() - 2 * malicious) {
      Integer best = KrumScores.ranked(squared, left, malicious).getFirst();
      left.remove(best);
      selected.add(best);
    }
    int nearest = selected.size() - 2 * malicious;
    Rows.addCentre(
        current,
        selected.stream().sorted().map(updates::get).toList(),
        out,
        column -> aroundMedian(column, nearest));
  }

  /// The mean of the `count` values nearest to the median: in sorted order they are neighbours.
  private static double aroundMedian(double[] column, int count) {
    double median = CoordinateMedian.of(column);
    int from = 0;
    while (from + count < column.length && median - column[from] > column[from + count] - median) {
      from++;
    }
    return Rows.mean(Arrays.copyOfRange(column, from, from + count));
  }

  /// Builds [Bulyan].
  public static final class Builder extends RobustBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public Bulyan build() {
      return new Bulyan(this);
    }
  }
}
