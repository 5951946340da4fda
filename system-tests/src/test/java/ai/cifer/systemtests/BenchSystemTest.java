package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.cifer.cli.exit.ExitCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cifer bench` as a process: what programs parse, and what it says of a JVM without vectors.
class BenchSystemTest {
  @TempDir Path folder;

  @Test
  void aDocumentAndNothingElse() throws Exception {
    try (Cifer bench =
        Cifer.start(
            folder,
            "bench",
            List.of("-Xmx512m", "--add-modules=jdk.incubator.vector"),
            List.of("bench", "ntt", "--each", "20", "--format", "json"))) {
      assertThat(bench.exitCode()).as(bench::report).isZero();
      JsonNode document = JsonMapper.shared().readTree(bench.out());
      assertThat(document.path("ntt").size()).isEqualTo(3);
      assertThat(document.path("ntt").get(0).path("degree").asInt()).isEqualTo(8192);
      assertThat(document.path("ntt").get(0).path("forward_micros").asDouble()).isPositive();
      assertThat(document.path("machine").path("processors").asInt()).isPositive();
      assertThat(document.has("ckks")).isFalse();
    }
  }

  @Test
  void withoutTheVectorApi_theReasonAndTheCureAreSaid() throws Exception {
    Process process =
        new ProcessBuilder(
                java(),
                "-Xmx512m",
                "-cp",
                jar(),
                "ai.cifer.cli.Cifer",
                "bench",
                "ntt",
                "--each",
                "5")
            .directory(folder.toFile())
            .start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(printed)
        .contains("none: the Vector API is absent", "--add-modules jdk.incubator.vector")
        // Not a terminal: no status line.
        .doesNotContain("\r", "measuring");
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String jar() {
    return Path.of(System.getProperty("cifer.jar")).toAbsolutePath().normalize().toString();
  }

  /// A person who waits sees that something happens.
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void onATerminal_progressIsShown() throws Exception {
    assumeThat(Path.of("/usr/bin/script")).exists();
    String line =
        java()
            + " -Xmx512m --enable-native-access=ALL-UNNAMED -cp "
            + jar()
            + " ai.cifer.cli.Cifer bench ntt --each 400";
    Process process =
        new ProcessBuilder("script", "-qec", line, "/dev/null")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String screen = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(screen).contains("\r\033[Kmeasuring transforms, ", "Transforms", "8,192");
  }

  @Test
  void whatIsUnknown_isNamed() throws Exception {
    try (Cifer bench = Cifer.start(folder, "bench", Cifer.small(96), List.of("bench", "sorting"))) {
      assertThat(bench.exitCode()).isEqualTo(ExitCode.USAGE.number());
      assertThat(bench.err()).contains("bench: sorting (expected: aggregate, ckks, paillier, ntt");
    }
  }
}
