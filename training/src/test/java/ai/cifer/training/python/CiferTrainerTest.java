package ai.cifer.training.python;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Runs the tests of `python/cifer_trainer.py`.
class CiferTrainerTest {

  @Test
  @Tag("slow")
  void itsOwnTestsPass() throws Exception {
    String folder = PythonEnvironment.project().resolve("python").toString();

    String printed =
        PythonEnvironment.of("python/requirements.txt")
            .run("-m", "unittest", "discover", "-s", folder, "-t", folder);

    assertThat(printed).containsPattern("Ran [1-9][0-9]* tests").contains("OK");
  }
}
