package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.Arrays;
import java.util.List;

/// Of each value the mean over the clients without the `f` smallest and the `f` largest [Yin et
/// al., 2018]. Needs `n >= 2f + 1` clients; numbers of examples do not count.
///
/// @see <a href="https://arxiv.org/abs/1803.01498">Byzantine-Robust Distributed Learning: Towards
///   Optimal Statistical Rates</a>
public final class TrimmedMean extends Configured implements Strategy.Robust {

  private final int malicious;

  private TrimmedMean(Builder builder) {
    super(builder);
    malicious = builder.maliciousClients();
  }

  public static Builder builder() {
    return new Builder();
  }

  static TrimmedMean from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "trimmed_mean";
  }

  @Override
  public int minClients() {
    return 2 * malicious + 1;
  }

  @Override
  public void apply(Tensors current, List<ClientUpdate> updates, Memory memory, Tensors out) {
    Rows.addCentre(
        current,
        updates,
        out,
        column -> {
          Arrays.sort(column);
          return Rows.mean(Arrays.copyOfRange(column, malicious, column.length - malicious));
        });
  }

  /// Builds [TrimmedMean].
  public static final class Builder extends RobustBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public TrimmedMean build() {
      return new TrimmedMean(this);
    }
  }
}
