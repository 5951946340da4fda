package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.Set;

/// Steps of gradient descent on the loss `sum_j a_j (w_j - b_j)^2 / 2`, in double precision.
record QuadraticTrainer(double[] curvature, double[] optimum, long examples, int steps)
    implements Trainer {

  @Override
  public ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress) {
    try (Tensors none = Tensors.allocate(global.tensors().layout())) {
      return trainCorrected(global, config, none, progress);
    }
  }

  @Override
  public ClientUpdate trainCorrected(
      GlobalModel global, TrainConfig config, Tensors correction, Progress progress) {
    double[] start = values(global.tensors());
    double[] extra = values(correction);
    Tensors delta = Tensors.allocate(global.tensors().layout());
    for (int j = 0; j < start.length; j++) {
      double w = start[j];
      double velocity = 0;
      for (int step = 0; step < steps; step++) {
        double gradient =
            curvature[j] * (w - optimum[j])
                + config.options().proximal() * (w - start[j])
                + extra[j];
        velocity = config.options().momentum() * velocity + gradient;
        w -= config.learningRate() * velocity;
      }
      delta.write(j, new float[] {(float) (w - start[j])}, 1);
    }
    return new ClientUpdate(delta, examples, steps);
  }

  private static double[] values(Tensors tensors) {
    double[] values = new double[(int) tensors.layout().parameters()];
    for (int j = 0; j < values.length; j++) {
      values[j] = tensors.get(j);
    }
    return values;
  }

  @Override
  public Metrics evaluate(GlobalModel global, TrainOptions options, Progress progress) {
    double loss = 0;
    double[] w = values(global.tensors());
    for (int j = 0; j < w.length; j++) {
      loss += curvature[j] * (w[j] - optimum[j]) * (w[j] - optimum[j]) / 2;
    }
    return new Metrics(examples, loss, 0);
  }

  /// Tensors called so change like any other here; what matters is that they have that name.
  @Override
  public Set<String> buffers(GlobalModel global) {
    return Set.of("bn.mean");
  }

  @Override
  public void close() {}
}
