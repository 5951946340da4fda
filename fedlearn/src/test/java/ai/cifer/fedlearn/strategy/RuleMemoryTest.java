package ai.cifer.fedlearn.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.local.LocalTraining;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.TrainOptions.Buffers;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.fedlearn.update.WeightedSum;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What clients remember and what the coordinator adds up are two sides of one account.
class RuleMemoryTest {

  private static final double[][] CURVATURES = {{1, 0.5}, {0.3, 2}, {1.5, 1}};
  private static final double[][] OPTIMA = {{1, -1}, {-2, 0.5}, {0.5, 2}};
  private static final int[] STEPS = {1, 5, 3};
  private static final double RATE = 0.1;

  @TempDir Path folder;
  private final Tensors model = Reference.tensors(0.5, 0.5);
  private List<RecalledMemory> memories = List.of();

  private static Strategy.Linear strategy(String name, Map<String, Double> settings) {
    return (Strategy.Linear)
        Strategies.named(name, new StrategySettings(new TrainConfig(RATE, 32, 1, 0), settings))
            .orElseThrow();
  }

  /// From the beginning.
  ///
  /// @param clips at which the encoding cuts what is sent
  /// @param keeps whether a client remembers a round, counted from 1
  /// @return what the strategy remembers in the end
  private Tensors run(
      Strategy.Linear strategy, List<Float> clips, int rounds, BiPredicate<Integer, Integer> keeps)
      throws Exception {
    memories = new ArrayList<>();
    for (int client = 0; client < STEPS.length; client++) {
      memories.add(new RecalledMemory(Files.createTempDirectory(folder, "client")));
    }
    model.write(0, new float[] {0.5f, 0.5f}, 2);
    Tensors remembered = Reference.tensors(0, 0);
    for (int round = 1; round <= rounds; round++) {
      Tensors mean = Tensors.allocate(strategy.trainConfig(1).upload(model.layout()));
      for (int client = 0; client < STEPS.length; client++) {
        try (ClientUpdate update = train(strategy, client, remembered, clips)) {
          add(mean, update.delta(), clips);
        }
        if (keeps.test(round, client)) {
          memories.get(client).keep();
        }
      }
      Tensors next = Reference.tensors(0, 0);
      Tensors after = Reference.tensors(0, 0);
      strategy.apply(
          model,
          new WeightedSum(mean, STEPS.length, STEPS.length),
          new Memory(List.of(remembered), List.of(after)),
          next);
      model.write(0, next.values(0), 2);
      remembered = after;
    }
    return remembered;
  }

  private ClientUpdate train(
      Strategy.Linear strategy, int client, Tensors remembered, List<Float> clips)
      throws Exception {
    var trainer = new QuadraticTrainer(CURVATURES[client], OPTIMA[client], 10, STEPS[client]);
    boolean guided = strategy.memory().getFirst().sent();
    return new LocalTraining(trainer, memories.get(client))
        .train(
            new GlobalModel("tensors", model),
            guided ? List.of(remembered) : List.of(),
            strategy.trainConfig(1),
            clips,
            Progress.NONE);
  }

  private static void add(Tensors mean, Tensors sent, List<Float> clips) {
    for (int tensor = 0; tensor < sent.layout().tensors().size(); tensor++) {
      float clip = clips.isEmpty() ? Float.MAX_VALUE : clips.get(tensor);
      float[] sum = mean.values(tensor);
      float[] values = sent.values(tensor);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += Math.clamp(values[i], -clip, clip) / STEPS.length;
      }
      mean.write(mean.layout().offset(tensor), sum, sum.length);
    }
  }

  private double[] meanMemory() throws Exception {
    double[] mean = new double[2];
    for (RecalledMemory memory : memories) {
      try (Tensors own = memory.before("control", model.layout()).orElseThrow()) {
        for (int i = 0; i < mean.length; i++) {
          mean[i] += own.get(i) / STEPS.length;
        }
      }
    }
    return mean;
  }

  @Test
  void scaffold_whatIsCutOfAnUpdateIsNotRememberedAsSent() throws Exception {
    Tensors control = run(strategy("scaffold", Map.of()), List.of(0.1f, 0.02f), 30, (_, _) -> true);

    assertThat(Reference.doubles(control)).containsExactly(meanMemory(), within(1e-5));
  }

  @Test
  void feddyn_whatIsCutOfAnUpdateIsNotRememberedAsSent() throws Exception {
    double alpha = 0.3;

    Tensors drift =
        run(strategy("feddyn", Map.of("alpha", alpha)), List.of(0.1f), 30, (_, _) -> true);

    double[] expected = meanMemory();
    for (int i = 0; i < expected.length; i++) {
      expected[i] /= alpha;
    }
    assertThat(Reference.doubles(drift)).containsExactly(expected, within(1e-5));
  }

  /// What decision 0027 says of it: nothing mends it, and it does not grow.
  @ParameterizedTest
  @CsvSource({"scaffold, server_learning_rate, 1", "feddyn, alpha, 0.3"})
  void aMemoryThatIsLostOnceLeavesAnErrorThatStays(String name, String setting, double value)
      throws Exception {
    Strategy.Linear strategy = strategy(name, Map.of(setting, value));
    double early = distanceByALoss(strategy, 60);
    double late = distanceByALoss(strategy, 120);

    assertThat(early).isBetween(1e-3, 1.0);
    assertThat(late).isCloseTo(early, within(0.1 * early));
  }

  private double distanceByALoss(Strategy.Linear strategy, int rounds) throws Exception {
    run(strategy, List.of(), rounds, (_, _) -> true);
    double[] whole = Reference.doubles(model);
    run(strategy, List.of(), rounds, (round, client) -> round != 3 || client != 1);
    double[] lost = Reference.doubles(model);
    return Math.hypot(whole[0] - lost[0], whole[1] - lost[1]);
  }

  /// A running variance that is stretched by the mean number of steps can become negative.
  @Test
  void fednova_buffersStayWithTheClients() {
    assertThat(strategy("fednova", Map.of()).trainConfig(1).options().buffers())
        .isEqualTo(Buffers.LOCAL);
    TrainOptions layers = TrainOptions.DEFAULT.toBuilder().buffers(Buffers.LOCAL_LAYERS).build();
    assertThat(
            FedNova.builder()
                .train(new TrainConfig(RATE, 1, 1, 0).withOptions(layers))
                .build()
                .trainConfig(1)
                .options()
                .buffers())
        .isEqualTo(Buffers.LOCAL_LAYERS);
  }

  @Test
  void feddyn_hasAPullOfItsOwn() {
    TrainConfig pulled =
        new TrainConfig(RATE, 1, 1, 0)
            .withOptions(TrainOptions.DEFAULT.toBuilder().proximal(0.5).build());
    FedDyn.Builder builder = FedDyn.builder().train(pulled);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("proximal: 0.5 with feddyn (expected: 0;");
  }
}
