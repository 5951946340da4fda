package ai.cifer.fedlearn.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.local.LocalTensors;
import ai.cifer.fedlearn.local.LocalTraining;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.fedlearn.update.WeightedSum;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Twenty rounds of four clients, one of them missing in each, lead where the papers' algorithms
/// lead, which `reference_rules.py` computes in numpy without any of what is sent and summed here.
class RuleReferenceTest {

  private static final int ROUNDS = 20;
  private static final List<Long> EXAMPLES = List.of(10L, 250L, 33L, 100L);
  private static final List<Integer> STEPS = List.of(1, 5, 3, 8);
  private static final double RATE = 0.05;

  private final Reference reference = new Reference("rules.txt");
  private final List<RecalledMemory> memories = new ArrayList<>();

  @BeforeEach
  void createMemories(@TempDir Path folder) throws Exception {
    for (int client = 0; client < 4; client++) {
      memories.add(
          new RecalledMemory(Files.createDirectory(folder.resolve(Integer.toString(client)))));
    }
  }

  static List<Arguments> strategies() {
    TrainOptions plain = TrainOptions.DEFAULT;
    return List.of(
        Arguments.of("fedprox", "fedprox", plain, Map.of("mu", 0.5)),
        Arguments.of("fednova", "fednova", plain, Map.of()),
        Arguments.of(
            "fednova", "fednova_momentum", plain.toBuilder().momentum(0.7).build(), Map.of()),
        Arguments.of(
            "fednova", "fednova_proximal", plain.toBuilder().proximal(0.5).build(), Map.of()),
        Arguments.of(
            "scaffold", "scaffold", plain, Map.of("server_learning_rate", 0.8, "all_clients", 4.0)),
        Arguments.of("feddyn", "feddyn", plain, Map.of("alpha", 0.3, "all_clients", 4.0)),
        Arguments.of("qfedavg", "qfedavg", plain, Map.of("q", 1.5)),
        Arguments.of("ditto", "ditto", plain, Map.of("lambda", 0.4)));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("strategies")
  void isThatOfThePaper(
      String name, String expected, TrainOptions options, Map<String, Double> settings)
      throws Exception {
    run(strategy(name, options, settings), expected);
  }

  @Test
  void aPersonalModelIsThatOfThePaper() throws Exception {
    Strategy.Linear ditto = strategy("ditto", TrainOptions.DEFAULT, Map.of("lambda", 0.4));

    Tensors model = run(ditto, "ditto");

    for (int client = 0; client < 4; client++) {
      try (LocalTensors.Start own =
          new LocalTraining(trainer(client), memories.get(client))
              .ownModel(new GlobalModel("tensors", model), ditto.trainConfig(1))) {
        assertThat(Reference.doubles(own.model().tensors()))
            .containsExactly(reference.values("personal", Integer.toString(client)), within(1e-6));
      }
    }
  }

  private static Strategy.Linear strategy(
      String name, TrainOptions options, Map<String, Double> settings) {
    TrainConfig train = new TrainConfig(RATE, 32, 1, 0).withOptions(options);
    return (Strategy.Linear)
        Strategies.named(name, new StrategySettings(train, settings)).orElseThrow();
  }

  private Tensors run(Strategy.Linear strategy, String expected) throws Exception {
    Tensors model = Reference.tensors(reference.values("start"));
    List<Tensors> remembered =
        strategy.memory().stream().map(vector -> filled(model, vector.initial())).toList();
    for (int round = 1; round <= ROUNDS; round++) {
      List<ClientUpdate> updates = new ArrayList<>();
      List<Tensors> guides = guides(strategy, remembered);
      for (int client = 0; client < 4; client++) {
        if (client != (round - 1) % 4) {
          updates.add(train(strategy.trainConfig(round), client, model, guides));
        }
      }
      Tensors next = filled(model, Float.NaN);
      List<Tensors> after =
          strategy.memory().stream().map(vector -> filled(model, Float.NaN)).toList();
      strategy.apply(
          model,
          sum(updates, strategy.trainConfig(round).rule().uniform()),
          new Memory(remembered, after),
          next);
      assertThat(Reference.doubles(next))
          .as("round %d", round)
          .containsExactly(reference.values(expected, Integer.toString(round)), within(1e-6));
      model.write(0, next.values(0), next.values(0).length);
      remembered = after;
    }
    return model;
  }

  private ClientUpdate train(TrainConfig config, int client, Tensors model, List<Tensors> guides)
      throws Exception {
    RecalledMemory memory = memories.get(client);
    ClientUpdate update =
        new LocalTraining(trainer(client), memory)
            .train(new GlobalModel("tensors", model), guides, config, List.of(), Progress.NONE);
    memory.keep();
    assertThat(update.delta().layout()).isEqualTo(config.rule().upload(model.layout()));
    return update;
  }

  private QuadraticTrainer trainer(int client) {
    String number = Integer.toString(client);
    return new QuadraticTrainer(
        reference.values("curvature", number),
        reference.values("optimum", number),
        EXAMPLES.get(client),
        STEPS.get(client));
  }

  private static List<Tensors> guides(Strategy strategy, List<Tensors> remembered) {
    return IntStream.range(0, remembered.size())
        .filter(i -> strategy.memory().get(i).sent())
        .mapToObj(remembered::get)
        .toList();
  }

  private static WeightedSum sum(List<ClientUpdate> updates, boolean uniform) {
    ModelLayout layout = updates.getFirst().delta().layout();
    Tensors mean = Tensors.allocate(layout);
    long total = 0;
    for (ClientUpdate update : updates) {
      total += uniform ? 1 : update.examples();
    }
    for (long at = 0; at < layout.parameters(); at++) {
      double sum = 0;
      for (ClientUpdate update : updates) {
        sum += (uniform ? 1 : update.examples()) * (double) update.delta().get(at);
      }
      mean.write(at, new float[] {(float) (sum / total)}, 1);
    }
    return new WeightedSum(mean, updates.size(), total);
  }

  private static Tensors filled(Tensors like, float value) {
    double[] values = new double[like.values(0).length];
    Arrays.fill(values, value);
    return Reference.tensors(values);
  }

  @Test
  void whatIsSentBesideTheModelHasNamesOfItsOwn() {
    ModelLayout model =
        new ModelLayout(
            List.of(new TensorSpec("w", List.of(2, 3)), new TensorSpec("b", List.of(3))));

    assertThat(new ClientRule.Scaffold().upload(model).tensors())
        .containsExactly(
            new TensorSpec("w", List.of(2, 3)),
            new TensorSpec("b", List.of(3)),
            new TensorSpec("~0.0", List.of(2, 3)),
            new TensorSpec("~0.1", List.of(3)));
    assertThat(new ClientRule.FedNova().upload(model).tensors())
        .containsExactly(
            new TensorSpec("w", List.of(2, 3)),
            new TensorSpec("b", List.of(3)),
            new TensorSpec("~number.0", List.of()));
  }
}
