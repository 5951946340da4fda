package ai.cifer.fedlearn.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rules that withstand wrong updates, against those of Flower, and what they promise.
class RobustReferenceTest {

  private static Strategy.Robust strategy(String name, int malicious) {
    return (Strategy.Robust)
        Strategies.named(
                name,
                new StrategySettings(
                    new TrainConfig(0.05, 32, 1, 0),
                    Map.of("malicious_clients", (double) malicious)))
            .orElseThrow();
  }

  private static double[] change(Strategy.Robust strategy, List<ClientUpdate> updates) {
    double[] zero = new double[updates.getFirst().delta().values(0).length];
    Tensors out = Reference.tensors(zero);
    strategy.apply(Reference.tensors(zero), updates, Memory.NONE, out);
    return Reference.doubles(out);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "krum",
        "multikrum",
        "bulyan",
        "coordinate_median",
        "trimmed_mean",
        "geometric_median"
      })
  void isThatOfFlower_ofElevenClientsTwoOfThemMalicious(String name) {
    Reference reference = new Reference("robust.txt");
    assertThat(change(strategy(name, 2), reference.updates(1)))
        .containsExactly(reference.values(name, "2"), within(1e-6));
  }

  /// What all of them promise: whatever `f` clients send, the result stays among what the honest
  /// ones sent, or near it.
  @Property(tries = 60)
  void staysWithTheHonest(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 3) int malicious, @ForAll boolean huge) {
    for (String name : Strategies.names()) {
      Random random = new Random(seed);
      if (!(Strategies.named(name, new StrategySettings(new TrainConfig(0.05, 32, 1, 0), Map.of()))
              .orElseThrow()
          instanceof Strategy.Robust)) {
        continue;
      }
      Strategy.Robust strategy = strategy(name, malicious);
      int clients = Math.max(strategy.minClients(), 5) + random.nextInt(4);
      List<ClientUpdate> updates = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        double size = i < malicious ? (huge ? 1e6 : 30) : 1;
        updates.add(
            new ClientUpdate(
                Reference.tensors(
                    IntStream.range(0, 7).mapToDouble(k -> size * random.nextDouble()).toArray()),
                1));
      }
      // The geometric median's distance from the honest is bounded by a multiple of their spread
      // [Pillutla et al., 2022, lemma 3]; the others stay inside their box.
      double bound = name.equals("geometric_median") ? 30 : 1;
      assertThat(Arrays.stream(change(strategy, updates)).allMatch(v -> v >= -1e-6 && v <= bound))
          .as("%s of %d clients, %d malicious", name, clients, malicious)
          .isTrue();
    }
  }

  @Test
  void aSettingThatAStrategyDoesNotKnowIsNamed() {
    assertThatThrownBy(() ->
            Strategies.named(
                "krum",
                new StrategySettings(
                    new TrainConfig(0.05, 32, 1, 0), Map.of("malicous_clients", 2.0))))
        .hasMessage(
            "strategy_settings: unknown key malicous_clients (known of krum: malicious_clients)");
  }
}
