package ai.cifer.fedlearn.strategy;

import java.util.List;

/// The step that FedAdagrad, FedAdam and FedYogi share [Reddi et al., 2021, algorithm 2]: `m' =
/// beta1 * m + (1 - beta1) * mean`, `v'` by the strategy's own rule, `w' = w + lr * m' / (sqrt(v')
/// + tau)`.
///
/// `m` starts at 0 and `v` at `tau^2`, the least that the paper's algorithm admits; no correction
/// for the start, as in the paper.
///
/// @see <a href="https://arxiv.org/abs/2003.00295">Adaptive Federated Optimization</a>
abstract class Adaptive extends Configured implements Elementwise {

  private final double serverLearningRate;
  private final double beta1;
  private final double tau;

  Adaptive(AdaptiveBuilder<?> builder) {
    super(builder);
    serverLearningRate = builder.serverLearningRate();
    beta1 = builder.beta1();
    tau = builder.tau();
  }

  /// The next second moment.
  ///
  /// @param moment the present one
  /// @param square of the mean change
  abstract double secondMoment(double moment, double square);

  @Override
  public List<MemoryVector> memory() {
    return List.of(
        new MemoryVector("first_moment", 0),
        new MemoryVector("second_moment", (float) (tau * tau)));
  }

  @Override
  public void step(float[] model, float[] mean, float[][] memory, int count) {
    float[] first = memory[0];
    float[] second = memory[1];
    for (int i = 0; i < count; i++) {
      double m = beta1 * first[i] + (1 - beta1) * mean[i];
      double v = secondMoment(second[i], (double) mean[i] * mean[i]);
      first[i] = (float) m;
      second[i] = (float) v;
      model[i] = (float) (model[i] + serverLearningRate * m / (Math.sqrt(v) + tau));
    }
  }
}
