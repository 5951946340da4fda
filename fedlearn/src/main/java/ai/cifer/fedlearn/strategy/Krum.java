package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.List;

/// Takes over the one update that lies closest to its `n - f - 2` nearest others [Blanchard et al.,
/// 2017]. Needs `n >= 2f + 3` clients; numbers of examples do not count. Costs n^2 / 2 passes over
/// the model.
///
/// @see <a href="https://papers.nips.cc/paper/6617">Machine Learning with Adversaries: Byzantine
///   Tolerant Gradient Descent</a>
public final class Krum extends Configured implements Strategy.Robust {

  private final int malicious;

  private Krum(Builder builder) {
    super(builder);
    malicious = builder.maliciousClients();
  }

  public static Builder builder() {
    return new Builder();
  }

  static Krum from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "krum";
  }

  @Override
  public int minClients() {
    return 2 * malicious + 3;
  }

  @Override
  public void apply(Tensors current, List<ClientUpdate> updates, Memory memory, Tensors out) {
    int chosen =
        KrumScores.ranked(Distances.squared(updates), KrumScores.all(updates.size()), malicious)
            .getFirst();
    Rows.addCentre(current, List.of(updates.get(chosen)), out, Rows::mean);
  }

  /// Builds [Krum].
  public static final class Builder extends RobustBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public Krum build() {
      return new Krum(this);
    }
  }
}
