package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.List;

/// The point with the smallest sum of distances to the updates, weighted by their examples
/// [Pillutla, Kakade, Harchaoui, 2022], by the smoothed Weiszfeld iteration: at most 200 steps,
/// until the point moves by less than 1e-9 of the updates' spread. Withstands malicious clients
/// with less than half of the examples. Each step costs two passes over the updates.
///
/// @see <a href="https://arxiv.org/abs/1912.13445">Robust Aggregation for Federated Learning</a>
public final class GeometricMedian extends Configured implements Strategy.Robust {

  private final int malicious;

  private GeometricMedian(Builder builder) {
    super(builder);
    malicious = builder.maliciousClients();
  }

  public static Builder builder() {
    return new Builder();
  }

  static GeometricMedian from(StrategySettings settings) {
    return builder().from(settings).build();
  }

  @Override
  public String name() {
    return "geometric_median";
  }

  @Override
  public int minClients() {
    return 2 * malicious + 1;
  }

  @Override
  public void apply(Tensors current, List<ClientUpdate> updates, Memory memory, Tensors out) {
    WeiszfeldPoint.find(updates, out);
    float[] point = new float[Elementwise.CHUNK];
    float[] model = new float[Elementwise.CHUNK];
    long parameters = current.layout().parameters();
    for (long at = 0; at < parameters; at += point.length) {
      int count = (int) Math.min(point.length, parameters - at);
      out.read(at, point, count);
      current.read(at, model, count);
      for (int i = 0; i < count; i++) {
        model[i] = (float) ((double) model[i] + point[i]);
      }
      out.write(at, model, count);
    }
  }

  /// Builds [GeometricMedian].
  public static final class Builder extends RobustBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public GeometricMedian build() {
      return new GeometricMedian(this);
    }
  }
}
