package ai.cifer.training.python;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PythonEnvironmentTest {

  @Test
  @Tag("slow")
  void hasThePinnedPackages() throws Exception {
    PythonEnvironment python = PythonEnvironment.of("examples/python/sklearn/requirements.txt");

    assertThat(python.run("-c", "import sklearn; print(sklearn.__version__)")).isEqualTo("1.9.1\n");
    assertThat(PythonEnvironment.of("examples/python/sklearn/requirements.txt").python())
        .isEqualTo(python.python());
  }
}
