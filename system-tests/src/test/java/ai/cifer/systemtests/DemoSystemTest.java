package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cifer demo` with real data and real training.
class DemoSystemTest {
  private static final JsonMapper JSON = new JsonMapper();

  @RegisterExtension final Federation federation = new Federation();

  @Test
  void twoDemosBesideEachOther_succeedAndLeaveFilesAndNoProcess() throws Exception {
    Cifer one = demo("one", "--rounds", "2", "--format", "json");
    Cifer other = demo("other", "--rounds", "1", "--clients", "3", "--format", "json");
    Wait.until("five processes", Duration.ofMinutes(2), () -> one.tree().size() >= 6);
    List<ProcessHandle> processes = new ArrayList<>(one.tree());

    assertThat(one.exitCode()).isZero();
    assertThat(other.exitCode()).isZero();

    assertThat(processes).noneMatch(ProcessHandle::isAlive);
    JsonNode result = JSON.readTree(one.out());
    assertThat(result.get("rounds").size()).isEqualTo(2);
    assertThat(result.get("encryption").asString()).isEqualTo("secure-aggregation");
    assertThat(result.get("last").get("accuracy").asDouble()).isGreaterThan(0.4);
    assertThat(result.get("last").get("examples").asLong()).isEqualTo(10_000);
    assertThat(one.err()).isEmpty();
    Path folder = federation.folder().resolve(result.get("folder").asString());
    assertFiles(folder);
    JsonNode second = JSON.readTree(other.out());
    assertThat(second.get("rounds").size()).isEqualTo(1);
    assertThat(second.get("run").asString()).isNotEqualTo(result.get("run").asString());
    assertFiles(federation.folder().resolve(second.get("folder").asString()));
  }

  private static void assertFiles(Path folder) throws IOException {
    JSON.readTree(Files.readAllBytes(folder.resolve("config.json")));
    assertThat(Files.readAllLines(folder.resolve("events.jsonl")))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(JSON.readTree(line).get("event").asString()).isNotBlank());
    assertThat(JSON.readTree(Files.readAllBytes(folder.resolve("metrics.json"))).size())
        .isPositive();
    assertThat(folder.resolve("model.safetensors")).isNotEmptyFile();
    assertThat(folder.resolve("model.npz")).isNotEmptyFile();
    BufferedImage curves = ImageIO.read(folder.resolve("curves.png").toFile());
    assertThat(curves.getWidth()).isGreaterThan(300);
    assertThat(
            java.util.Arrays.stream(
                    curves.getRGB(
                        0, 0, curves.getWidth(), curves.getHeight(), null, 0, curves.getWidth()))
                .distinct()
                .limit(10)
                .count())
        .as("colours of the curves")
        .isEqualTo(10);
    // Only the demo's own folder holds keys, and nothing of them is in the run's files.
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(Files::isRegularFile))
          .allSatisfy(file -> assertThat(Files.readAllBytes(file)).isNotEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "KILL"})
  void aSignal_leavesNoProcess(String signal) throws Exception {
    assumeFalse(
        signal.equals("INT") && ignoresInterrupts(),
        "this build runs in the background, where the shell has its processes ignore SIGINT");
    Cifer demo = demo("demo", "--clients", "2", "--rounds", "50");
    Wait.until(
        "a round of the demo",
        Duration.ofMinutes(2),
        () -> demo.tree().size() >= 4 && demo.out().contains("round"));
    List<ProcessHandle> processes = demo.tree();

    demo.signal(signal);

    assertThat(demo.exitCode(Duration.ofSeconds(30))).isNotZero();
    Wait.until(
        "the end of all processes",
        Duration.ofSeconds(30),
        () -> processes.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(demo.err()).doesNotContain("\tat ");
  }

  /// A Java process does not handle SIGINT where it was ignored already at its start; children
  /// inherit that from the process of the tests.
  private static boolean ignoresInterrupts() throws IOException {
    try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
      return status
          .filter(line -> line.startsWith("SigIgn:"))
          .map(line -> line.substring("SigIgn:".length()).trim())
          .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & 0x2) != 0);
    }
  }

  private Cifer demo(String name, String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of("demo"));
    all.addAll(List.of(words));
    return federation.start(name, List.of("-Xmx256m"), all);
  }
}
