package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.Arrays;
import java.util.List;

/// Of each value the median over the clients [Yin et al., 2018]. Needs `n >= 2f + 1` clients;
/// numbers of examples do not count.
///
/// @see <a href="https://arxiv.org/abs/1803.01498">Byzantine-Robust Distributed Learning: Towards
///   Optimal Statistical Rates</a>
public final class CoordinateMedian extends Configured implements Strategy.Robust {

  private final int malicious;

  private CoordinateMedian(Builder builder) {
    super(builder);
    malicious = builder.maliciousClients();
  }

  public static Builder builder() {
    return new Builder();
  }

  static CoordinateMedian from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "coordinate_median";
  }

  @Override
  public int minClients() {
    return 2 * malicious + 1;
  }

  @Override
  public void apply(Tensors current, List<ClientUpdate> updates, Memory memory, Tensors out) {
    Rows.addCentre(current, updates, out, CoordinateMedian::of);
  }

  /// The median, the mean of the middle two of an even number; sorts the column.
  static double of(double[] column) {
    Arrays.sort(column);
    int middle = column.length / 2;
    return column.length % 2 == 1 ? column[middle] : (column[middle - 1] + column[middle]) / 2;
  }

  /// Builds [CoordinateMedian].
  public static final class Builder extends RobustBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public CoordinateMedian build() {
      return new CoordinateMedian(this);
    }
  }
}
