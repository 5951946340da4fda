package ai.cifer.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.node.NodeException;
import ai.cifer.node.Plugins;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerChoiceTest {

  @TempDir Path folder;

  @Test
  void withoutAnything_itIsDjl_besideTheFile_withThePathOnly() throws Exception {
    TrainerChoice trainer = ConfigText.in(folder).server().trainer();
    assertThat(trainer.words()).isEqualTo("djl");
    assertThat(trainer.folder()).isEqualTo(folder);
    assertThat(trainer.environment()).containsOnlyKeys("PATH");
  }

  @Test
  void aListOrAText_saysWhatTheProgramSees() throws Exception {
    Map<String, String> expected = Map.of("PATH", System.getenv("PATH"), "A", "x=y");
    assertThat(
            ConfigText.in(folder)
                .with("trainer_environment", "[\"PATH\", \"A=x=y\", \"NOT_SET_ANYWHERE\"]")
                .with("trainer_folder", "\"code\"")
                .server()
                .trainer())
        .isEqualTo(new TrainerChoice("djl", folder.resolve("code"), expected));
    assertThat(TrainerChoice.of("python train.py", folder, List.of("PATH", "A=x=y")).environment())
        .isEqualTo(expected);
  }

  @Test
  void itsValuesAreNotPrinted() throws Exception {
    assertThat(TrainerChoice.of("python", folder, List.of("TOKEN=secret")).toString())
        .contains("TOKEN")
        .doesNotContain("secret");
  }

  @Test
  void whatIsNoVariableOrNoCommandLineIsRefused() {
    assertThatThrownBy(
            () -> ConfigText.in(folder).with("trainer_environment", "[\"A B\"]").server())
        .hasMessageContaining("trainer_environment")
        .hasMessageContaining("(expected: names of variables, or NAME=VALUE");
    assertThatThrownBy(
            () -> ConfigText.in(folder).with("trainer_environment", "[\"PATH\", 3]").server())
        .hasMessageContaining("(expected: a list of texts)");
    assertThatThrownBy(() -> ConfigText.in(folder).with("trainer", "\"python 'a\"").server())
        .hasMessageContaining("trainer: python 'a (expected: a second ')");
  }

  @Test
  void aWordThatIsNeitherProviderNorProgram_isAnsweredWithBoth() throws Exception {
    TrainerChoice choice = TrainerChoice.of("pyhton3000 train.py", folder, List.of());
    assertThatThrownBy(() ->
            Plugins.trainer(
                choice,
                Optional.empty(),
                Dataset.Split.TRAIN,
                Optional.empty(),
                folder,
                Duration.ofSeconds(1)))
        .isInstanceOf(NodeException.class)
        .hasMessageContaining("trainer: pyhton3000 train.py (expected: one of [")
        .hasMessageContaining("or a command whose program is on the PATH)");
  }
}
