package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.training.python.PythonEnvironment;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The examples of `examples/python`, each with the framework's release from PyPI: an encrypted
/// federation on real data reaches what the same script reaches alone on the pooled data.
class FrameworksSystemTest {
  private static final double MOST_POINTS = 0.03;

  @TempDir Path folder;

  @Test
  @Tag("slow")
  void scikitLearn() throws Exception {
    federatedIsAsGoodAsAlone("sklearn");
  }

  @ParameterizedTest
  @Tag("full")
  @ValueSource(strings = {"jax", "pytorch", "keras", "transformers"})
  void theOthers(String framework) throws Exception {
    federatedIsAsGoodAsAlone(framework);
  }

  private void federatedIsAsGoodAsAlone(String framework) throws Exception {
    PythonEnvironment.of("examples/python/%s/requirements.txt".formatted(framework));
    Path command = folder.resolve("cifer");
    Files.writeString(command, "#!/usr/bin/env bash\n" + Cifer.shellCommand() + "\n");
    assertThat(command.toFile().setExecutable(true)).isTrue();
    ProcessBuilder builder =
        new ProcessBuilder(
            Cifer.HOME.resolve("examples/python/run.sh").toString(),
            framework,
            folder.resolve(framework).toString());
    builder.environment().put("CIFER", command.toString());
    builder.environment().put("PORT", Integer.toString(freePort()));
    Process run =
        builder
            .redirectError(folder.resolve("err").toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    try {
      assertThat(run.waitFor(15, TimeUnit.MINUTES)).isTrue();
    } finally {
      run.descendants().forEach(ProcessHandle::destroyForcibly);
      run.destroyForcibly();
    }
    String said = Files.readString(folder.resolve("err"));
    assertThat(run.exitValue()).as(said).isZero();
    String printed = Files.readString(folder.resolve("out"));
    System.out.println(framework + ": " + printed);
    JsonNode result = new JsonMapper().readTree(printed);
    double alone = result.get("alone").asDouble();
    assertThat(result.get("encryption").asString()).isEqualTo("secure-aggregation");
    assertThat(alone).as(printed).isGreaterThan(0.75);
    assertThat(result.get("federated").asDouble())
        .as(printed)
        .isGreaterThanOrEqualTo(alone - MOST_POINTS);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
