package ai.cifer.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.store.Damaged;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  static final Checkpoint SAMPLE =
      new Checkpoint(
          new RunEvent.RunStarted(
              "r",
              "secure-aggregation",
              "fedadam",
              "cnn",
              10,
              4,
              100,
              400,
              Optional.of(new Metrics(10, 1.0 / 3, 0.1))),
          4,
          2,
          "layers \"of\"\na network",
          List.of(new TensorSpec("a.weight", List.of(3, 4)), new TensorSpec("b", List.of())),
          "model.h5",
          "00ff",
          new TreeMap<>(Map.of("m", "aa", "v", "bb")),
          List.of(0.1f, Float.MIN_VALUE, 1.0f / 3),
          "0123",
          ServerConfig.said(new Preprocessing(List.of(new Preprocessing.Flatten()))),
          3,
          1,
          List.of(
              new RoundSummary(
                  2,
                  List.of("a", "b"),
                  List.of("b"),
                  List.of(1),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(new RoundSummary.Spent(1.0 / 3, 1e-5)),
                  1,
                  2,
                  new RoundSummary.Times(1, 2, 3, 4, 5, 1.0 / 3),
                  "00ff")),
          List.of("a", "b"),
          Optional.empty());

  @TempDir Path folder;

  @Test
  void whatIsReadIsWhatWasWritten_floatsToTheBit() throws Exception {
    Path file = folder.resolve("checkpoint");
    SAMPLE.write(file);
    assertThat(Checkpoint.read(file)).isEqualTo(SAMPLE);
    SAMPLE.ended("why").write(file);
    assertThat(Checkpoint.read(file).ended()).contains("why");
  }

  @Test
  void everyDamageIsNamed() throws Exception {
    Path file = folder.resolve("checkpoint");
    SAMPLE.write(file);
    byte[] good = Files.readAllBytes(file);
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      Files.write(file, bad);
      assertThatThrownBy(() -> Checkpoint.read(file))
          .isInstanceOf(Damaged.class)
          .hasMessageContaining(file.toString());
      Files.write(file, Arrays.copyOf(good, at));
      assertThatThrownBy(() -> Checkpoint.read(file)).isInstanceOf(Damaged.class);
    }
  }
}
