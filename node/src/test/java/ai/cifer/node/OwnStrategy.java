package ai.cifer.node;

import ai.cifer.fedlearn.strategy.Elementwise;
import ai.cifer.fedlearn.strategy.StrategySettings;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainConfig;
import java.util.List;

/// A strategy of somebody's own: takes over the sign of the mean change, a fixed step long.
public final class OwnStrategy implements Elementwise {
  private final StrategySettings settings;
  private final float length;

  public OwnStrategy(StrategySettings settings) {
    this.settings = settings;
    length = (float) settings.number("length", 0.01);
  }

  @Override
  public String name() {
    return "own";
  }

  @Override
  public TrainConfig trainConfig(int round) {
    return settings.train();
  }

  @Override
  public boolean stops(List<Metrics> rounds) {
    return rounds.size() == 3;
  }

  @Override
  public void step(float[] model, float[] mean, float[][] memory, int count) {
    for (int i = 0; i < count; i++) {
      model[i] += length * Math.signum(mean[i]);
    }
  }
}
