package ai.cifer.fedlearn.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.fedlearn.update.WeightedSum;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Twenty rounds of recorded updates give the models that Flower's classes give.
class OptimiserReferenceTest {

  private static final int ROUNDS = 20;

  private final Reference reference = new Reference("optimisers.txt");

  @ParameterizedTest
  @ValueSource(strings = {"fedavgm", "fedadagrad", "fedadam", "fedyogi"})
  void isThatOfFlower(String name) {
    Map<String, Double> settings =
        name.equals("fedavgm") ? Map.of("server_learning_rate", 0.5) : Map.of();
    Strategy.Linear strategy =
        (Strategy.Linear)
            Strategies.named(name, new StrategySettings(new TrainConfig(0.05, 32, 1, 0), settings))
                .orElseThrow();
    Tensors model = Reference.tensors(reference.values("start"));
    List<Tensors> remembered =
        strategy.memory().stream().map(vector -> filled(model, vector.initial())).toList();
    for (int round = 1; round <= ROUNDS; round++) {
      Tensors next = filled(model, Float.NaN);
      List<Tensors> after =
          strategy.memory().stream().map(vector -> filled(model, Float.NaN)).toList();
      strategy.apply(model, mean(reference.updates(round)), new Memory(remembered, after), next);
      double[] expected = reference.values(name, Integer.toString(round));
      assertThat(Reference.doubles(next))
          .as("round %d", round)
          .containsExactly(expected, within(1e-6));
      model.write(0, next.values(0), expected.length);
      remembered = after;
    }
  }

  private static WeightedSum mean(List<ClientUpdate> updates) {
    double[] sum = new double[updates.getFirst().delta().values(0).length];
    long examples = 0;
    for (ClientUpdate update : updates) {
      double[] values = Reference.doubles(update.delta());
      for (int i = 0; i < sum.length; i++) {
        sum[i] += update.examples() * values[i];
      }
      examples += update.examples();
    }
    long total = examples;
    return new WeightedSum(
        Reference.tensors(Arrays.stream(sum).map(value -> value / total).toArray()),
        updates.size(),
        total);
  }

  private static Tensors filled(Tensors like, float value) {
    double[] values = new double[like.values(0).length];
    Arrays.fill(values, value);
    return Reference.tensors(values);
  }
}
