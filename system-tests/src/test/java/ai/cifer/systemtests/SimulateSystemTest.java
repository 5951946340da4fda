package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.exit.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cifer simulate` as a process: real data, real training, real encryption, more clients than
/// help.
class SimulateSystemTest {
  private static final List<String> JVM =
      List.of("-Xmx512m", "--add-modules=jdk.incubator.vector", "-XX:TieredStopAtLevel=1");

  @TempDir Path folder;

  private JsonNode simulate(String run, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "simulate",
                "--data",
                Cifer.HOME.resolve("examples/data/fashion_mnist_26k.npz").toString(),
                "--clients",
                "500",
                "--per-round",
                "36",
                "--rounds",
                "2",
                "--no-evaluation",
                "--set",
                "batch_size=16",
                "--state",
                folder.toString(),
                "--run-id",
                run,
                "--format",
                "json"));
    words.addAll(List.of(more));
    try (Cifer simulation = Cifer.start(folder, run, JVM, words)) {
      assertThat(simulation.exitCode()).as(simulation::report).isZero();
      return JsonMapper.shared().readTree(simulation.out());
    }
  }

  @Test
  void twiceTheSameSimulation_isTheSameModel_thoughClientsAreLost() throws Exception {
    String[] lossy = {"--dropout", "0.1", "--delay", "exponential:10", "--deadline", "30"};
    JsonNode first = simulate("first", lossy);
    JsonNode again = simulate("again", lossy);
    assertThat(first.path("clients").asInt()).isEqualTo(500);
    assertThat(first.path("run").path("rounds_completed").asInt()).isEqualTo(2);
    assertThat(Files.readAllBytes(folder.resolve("runs/again/model.safetensors")))
        .isEqualTo(Files.readAllBytes(folder.resolve("runs/first/model.safetensors")));
    assertThat(again.path("run").path("rounds").get(1).path("actual"))
        .isEqualTo(first.path("run").path("rounds").get(1).path("actual"));
    try (Cifer list =
        Cifer.start(
            folder, "list", Cifer.small(128), List.of("runs", "list", "--format", "json"))) {
      assertThat(list.exitCode()).as(list::report).isZero();
      assertThat(list.out()).contains("\"first\"", "\"again\"");
    }
    try (var left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .as("nothing but runs and output is left")
          .noneMatch(name -> name.startsWith("cifer-simulation-"));
    }
  }

  @Test
  void whatIsOutOfRange_isNamed() throws Exception {
    refused("--data is missing (expected: --data FILE, or --client-data FOLDER)");
    refused(
        "delay: soon (expected: fixed:S, uniform:SHORTEST,LONGEST",
        "--data",
        "x.npz",
        "--delay",
        "soon");
  }

  private void refused(String message, String... more) throws Exception {
    List<String> words = new ArrayList<>(List.of("simulate"));
    words.addAll(List.of(more));
    try (Cifer simulation = Cifer.start(folder, "refused", Cifer.small(128), words)) {
      assertThat(simulation.exitCode()).isEqualTo(ExitCode.USAGE.number());
      assertThat(simulation.err()).contains(message);
    }
  }
}
