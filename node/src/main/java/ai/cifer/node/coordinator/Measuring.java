package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.strategy.Memory;
import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.update.WeightedSum;
import java.util.Set;

/// Takes over what a wave measured; what earlier waves did stays as it is, bit for bit.
///
/// @param train what rounds say of training; nobody trains in them
record Measuring(Statistics statistics, int wave, TrainConfig train) implements Strategy.Linear {

  @Override
  public String name() {
    return Statistics.ARCHITECTURE;
  }

  @Override
  public TrainConfig trainConfig(int round) {
    return train;
  }

  @Override
  public void apply(Tensors current, WeightedSum sum, Memory memory, Tensors out) {
    Set<Integer> measured = statistics.measured(wave);
    for (int tensor = 0; tensor < out.layout().tensors().size(); tensor++) {
      float[] values = (measured.contains(tensor) ? sum.mean() : current).values(tensor);
      out.write(out.layout().offset(tensor), values, values.length);
    }
  }
}
