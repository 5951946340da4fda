package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.training.model.source.LoopbackHub;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A plan for a model that `model_path` names elsewhere; ModelFormatsSystemTest trains one.
class ModelSourcesSystemTest {

  private static final Path FIXTURES =
      Path.of("../training/src/test/resources/fixtures/models").toAbsolutePath().normalize();

  @RegisterExtension final Federation federation = new Federation();

  @Test
  void aModelOfAHubIsPlanned_andAHubThatIsNotThereIsNamed() throws Exception {
    String address;
    try (LoopbackHub hub = LoopbackHub.start(FIXTURES.resolve("sharded"))) {
      address = hub.base().toString();
      Cifer plan = plan(address);
      assertThat(plan.exitCode()).as(plan::report).isZero();
      assertThat(plan.out()).contains("hf:clinic/heart@v1");
    }
    Cifer refused = plan(address);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.MODEL_UNREADABLE.number());
    assertThat(refused.err()).contains("hf:clinic/heart@v1: ");
  }

  private Cifer plan(String hub) throws Exception {
    List<String> words =
        federation.serverWords(Map.of("model_path", "hf:clinic/heart@v1", "hub_address", hub));
    return federation.start("plan", Cifer.small(96), List.of("plan", words.get(2), "--no-times"));
  }
}
