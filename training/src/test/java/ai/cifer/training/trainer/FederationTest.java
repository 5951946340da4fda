package ai.cifer.training.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.train.TrainingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The optimiser, tuned once on the training data of seed 1: four clients with unequal classes come
/// close to what all data in one place would give.
@Tag("slow")
class FederationTest {

  private static final Path DATA = Path.of("../examples/data/fashion_mnist_26k.npz");
  private static final TrainConfig CONFIG = new TrainConfig(0.1, 32, 1, 0);
  private static final int ROUNDS = 10;

  @TempDir Path folder;

  @Test
  void unequalClientsReachNinetyFivePercentOfCentralisedTraining() throws TrainingException {
    var federation = new Federation("cnn", DATA, CONFIG);
    List<Double> federated = new ArrayList<>();
    List<Double> centralised = new ArrayList<>();
    for (long seed = 1; seed <= 3; seed++) {
      Path partitions = folder.resolve("seed-" + seed);
      federated.add(federation.federated(4, 0.5, ROUNDS, seed, partitions).getLast().accuracy());
      centralised.add(
          CentralisedTraining.run(DATA, "cnn", CONFIG.withSeed(seed), ROUNDS, Progress.NONE)
              .getLast()
              .accuracy());
    }
    assertThat(federated).allMatch(accuracy -> accuracy >= 0.82);
    assertThat(median(federated)).isGreaterThanOrEqualTo(0.95 * median(centralised));
  }

  private static double median(List<Double> three) {
    List<Double> sorted = new ArrayList<>(three);
    Collections.sort(sorted);
    return sorted.get(1);
  }
}
