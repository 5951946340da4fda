package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.update.WeightedSum;
import java.nio.file.Path;
import java.util.Optional;

/// Federated averaging [McMahan et al., 2017], weighted by examples: `w' = w + sum(n_i * (w_i - w))
/// / sum(n_i)`.
///
/// @see <a href="https://arxiv.org/abs/1602.05629">Communication-Efficient Learning of Deep
///   Networks from Decentralized Data</a>
public final class FedAvg implements Strategy.Linear {

  private static final int CHUNK = 1 << 14;

  private final TrainConfig trainConfig;
  private final Optional<Path> dataPath;
  private final Optional<Path> modelPath;

  private FedAvg(Builder builder) {
    trainConfig =
        new TrainConfig(builder.learningRate, builder.batchSize, builder.localEpochs, builder.seed);
    dataPath = builder.dataPath;
    modelPath = builder.modelPath;
  }

  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String name() {
    return "fedavg";
  }

  @Override
  public TrainConfig trainConfig(int round) {
    return trainConfig;
  }

  /// The data that the coordinator evaluates on, where its config names none.
  public Optional<Path> dataPath() {
    return dataPath;
  }

  /// The initial model, where the coordinator's config names none.
  public Optional<Path> modelPath() {
    return modelPath;
  }

  /// Rounding: each value is computed in float64 and rounded once.
  @Override
  public void apply(Tensors current, WeightedSum sum, Tensors out) {
    float[] model = new float[CHUNK];
    float[] mean = new float[CHUNK];
    long parameters = current.layout().parameters();
    for (long at = 0; at < parameters; at += CHUNK) {
      int count = (int) Math.min(CHUNK, parameters - at);
      current.read(at, model, count);
      sum.mean().read(at, mean, count);
      for (int i = 0; i < count; i++) {
        model[i] = (float) ((double) model[i] + mean[i]);
      }
      out.write(at, model, count);
    }
  }

  /// Every setting has a default; what the config file says goes before what is said here.
  public static final class Builder {
    private double learningRate = 0.05;
    private int batchSize = 32;
    private int localEpochs = 1;
    private long seed;
    private Optional<Path> dataPath = Optional.empty();
    private Optional<Path> modelPath = Optional.empty();

    private Builder() {}

    public Builder learningRate(double learningRate) {
      this.learningRate = learningRate;
      return this;
    }

    public Builder batchSize(int batchSize) {
      this.batchSize = batchSize;
      return this;
    }

    public Builder localEpochs(int localEpochs) {
      this.localEpochs = localEpochs;
      return this;
    }

    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    public Builder dataPath(Path dataPath) {
      this.dataPath = Optional.of(dataPath);
      return this;
    }

    public Builder modelPath(Path modelPath) {
      this.modelPath = Optional.of(modelPath);
      return this;
    }

    /// @throws IllegalArgumentException if a value is out of its range
    public FedAvg build() {
      return new FedAvg(this);
    }
  }
}
