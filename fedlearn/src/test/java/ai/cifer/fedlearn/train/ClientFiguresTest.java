package ai.cifer.fedlearn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientFiguresTest {

  private static final ModelLayout LAYOUT =
      new TrainConfig(0.1, 1, 1, 0)
          .withEvaluated(true)
          .upload(new ModelLayout(List.of(new TensorSpec("w", List.of(2)))));

  private static float[] sent(double loss, double accuracy) {
    try (Tensors sent = Tensors.allocate(LAYOUT)) {
      ClientFigures.write(new Metrics(10, loss, accuracy), sent);
      float[] values = new float[5];
      sent.read(0, values, values.length);
      return values;
    }
  }

  /// Accuracies 0.5, 0.7 and 0.9: mean 0.7, standard deviation sqrt(0.08 / 3).
  @Test
  void meanAndSpreadComeFromSums() {
    List<float[]> clients = List.of(sent(1, 0.5), sent(2, 0.7), sent(6, 0.9));
    try (Tensors mean = Tensors.allocate(LAYOUT)) {
      for (int i = 0; i < 5; i++) {
        float sum = 0;
        for (float[] client : clients) {
          sum += client[i];
        }
        mean.write(i, new float[] {sum / 3}, 1);
      }

      ClientFigures figures = ClientFigures.read(mean);

      assertThat(figures.loss()).isCloseTo(3, within(1e-6));
      assertThat(figures.accuracy()).isCloseTo(0.7, within(1e-6));
      assertThat(figures.spread()).isCloseTo(Math.sqrt(0.08 / 3), within(1e-5));
    }
  }

  @Test
  void theModelComesFirst_andALossThatIsNoNumberIsTheLargest() {
    assertThat(sent(Double.NaN, 0.25))
        .containsExactly(0, 0, ClientFigures.MAX_LOSS, 0.25f, 0.0625f);
    assertThat(sent(1e30, 0)).contains(ClientFigures.MAX_LOSS);
  }
}
