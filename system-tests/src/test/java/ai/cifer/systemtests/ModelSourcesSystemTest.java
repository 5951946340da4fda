package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.node.Plugins;
import ai.cifer.training.model.source.LoopbackGit;
import ai.cifer.training.model.source.LoopbackGit.Entry;
import ai.cifer.training.model.source.LoopbackHub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A coordinator begins with a model that `model_path` names elsewhere.
class ModelSourcesSystemTest {

  private static final Path FIXTURES =
      Path.of("../training/src/test/resources/fixtures/models").toAbsolutePath().normalize();

  @TempDir Path served;

  @RegisterExtension final Federation federation = new Federation();

  @Test
  void aModelOfARepositoryIsTrained() throws Exception {
    federation.encryption("secure-aggregation");
    String graph = FIXTURES.resolve("graph.pt").toString();
    try (LoopbackGit git = LoopbackGit.start(served.resolve("git"))) {
      String commit =
          git.commit(
              List.of(
                  Entry.file("heart/state.pt", Files.readAllBytes(FIXTURES.resolve("state.pt")))));
      Map<String, Object> own = new HashMap<>(Map.of("trainer", "djl", "graph_path", graph));
      Map<String, Object> coordinator = new HashMap<>(own);
      coordinator.putAll(
          Map.of(
              "model_path",
              "github:clinic/models@main:heart/state.pt",
              "github_address",
              git.base().toString(),
              "n_round_clients",
              3,
              "rounds",
              1));
      Cifer server = federation.server(Cifer.small(256), coordinator);
      own.put("dataset_path", FIXTURES.resolve("steps.npz").toString());
      for (int i = 1; i <= 3; i++) {
        String name = "client-" + i;
        federation.start(name, Cifer.small(128), federation.clientWords(name, Map.of(), own));
      }
      assertThat(server.exitCode()).as(server::report).isZero();
      assertThat(
              federation
                  .of("coordinator")
                  .resolve("models/github/clinic/models")
                  .resolve(commit)
                  .resolve("heart/state.pt"))
          .hasSameBinaryContentAs(FIXTURES.resolve("state.pt"));
    }
    Path result = federation.runFolder().resolve("model.pt");
    Path original = FIXTURES.resolve("state.pt");
    try (Tensors before = Plugins.format(original).read(original).tensors();
        Tensors after = Plugins.format(result).read(result).tensors()) {
      assertThat(after.layout()).isEqualTo(before.layout());
      assertThat(after.digest()).isNotEqualTo(before.digest());
    }
    assertThat(Files.readString(federation.runFolder().resolve("config.json")))
        .contains("github:clinic/models@main:heart/state.pt")
        .doesNotContain(federation.folder().toString());
  }

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
