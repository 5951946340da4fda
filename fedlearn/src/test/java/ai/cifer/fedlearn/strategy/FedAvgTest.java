package ai.cifer.fedlearn.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.WeightedSum;
import java.util.List;
import org.junit.jupiter.api.Test;

class FedAvgTest {

  @Test
  void addsTheMeanToEveryValue_alsoPastItsInternalChunk() {
    ModelLayout layout = new ModelLayout(List.of(new TensorSpec("w", List.of(40_001))));
    try (Tensors model = Tensors.allocate(layout);
        Tensors mean = Tensors.allocate(layout);
        Tensors out = Tensors.allocate(layout)) {
      float[] values = new float[40_001];
      float[] means = new float[40_001];
      for (int i = 0; i < values.length; i++) {
        values[i] = i / 7f;
        means[i] = -i / 3f;
      }
      model.write(0, values, values.length);
      mean.write(0, means, means.length);
      FedAvg.builder().build().apply(model, new WeightedSum(mean, 3, 100), Memory.NONE, out);
      for (int i = 0; i < values.length; i++) {
        assertThat(out.get(i)).isEqualTo((float) ((double) values[i] + means[i]));
      }
    }
  }

  @Test
  void namesASettingOutOfRange() {
    assertThatThrownBy(() -> FedAvg.builder().learningRate(0).build())
        .hasMessage("learning_rate: 0.0 (expected: > 0)");
  }
}
