package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.List;

/// The mean of the `n - f` updates with the best scores of Krum [Blanchard et al., 2017, section
/// 4]. Needs `n >= 2f + 3` clients; numbers of examples do not count. Costs n^2 / 2 passes over the
/// model.
///
/// @see <a href="https://papers.nips.cc/paper/6617">Machine Learning with Adversaries: Byzantine
///   Tolerant Gradient Descent</a>
public final class MultiKrum extends Configured implements Strategy.Robust {

  private final int malicious;

  private MultiKrum(Builder builder) {
    super(builder);
    malicious = builder.maliciousClients();
  }

  public static Builder builder() {
    return new Builder();
  }

  static MultiKrum from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "multikrum";
  }

  @Override
  public int minClients() {
    return 2 * malicious + 3;
  }

  @Override
  public void apply(Tensors current, List<ClientUpdate> updates, Memory memory, Tensors out) {
    List<ClientUpdate> chosen =
        KrumScores.ranked(Distances.squared(updates), KrumScores.all(updates.size()), malicious)
            .stream()
            .limit(updates.size() - malicious)
            .sorted()
            .map(updates::get)
            .toList();
    Rows.addCentre(current, chosen, out, Rows::mean);
  }

  /// Builds [MultiKrum].
  public static final class Builder extends RobustBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public MultiKrum build() {
      return new MultiKrum(this);
    }
  }
}
