package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuickHelpTest {

  private static final List<String> HEAVY =
      List.of(
          "ai.djl.",
          "ai.cifer.node.FedServer",
          "ai.cifer.training.",
          "ch.qos.logback.",
          "com.linecorp.",
          "java.awt.",
          "org.bouncycastle.",
          "org.knowm.",
          "org.slf4j.",
          "tools.jackson.");

  @Test
  void helpLoadsNoneOfTheLibrariesOfTheCommandsThatItExplains()
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load",
                "-cp",
                System.getProperty("java.class.path"),
                "ai.cifer.cli.Cifer",
                "demo",
                "--help")
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(printed).contains("Usage: cifer demo").contains(" picocli.CommandLine source:");
    assertThat(
            printed
                .lines()
                .filter(line -> HEAVY.stream().anyMatch(heavy -> line.contains(" " + heavy))))
        .isEmpty();
  }
}
