package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.train.TrainConfig;

/// The step of all strategies that differ only at the clients: `w' = w + lr * mean`. Each value is
/// computed in float64 and rounded once.
abstract class Averaging extends Configured implements Elementwise {

  private final double serverLearningRate;

  /// @param trainConfig what the strategy makes of the builder's
  Averaging(ServerStepBuilder<?> builder, TrainConfig trainConfig) {
    super(builder, trainConfig);
    serverLearningRate = builder.serverLearningRate();
  }

  @Override
  public void step(float[] model, float[] mean, float[][] memory, int count) {
    for (int i = 0; i < count; i++) {
      model[i] = (float) (model[i] + serverLearningRate * mean[i]);
    }
  }
}
