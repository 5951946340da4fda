package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.cifer.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The coordinator's disk is full in round 2. Mounting a small disk takes rights that few machines
/// give; the test is skipped where they are missing.
@EnabledOnOs(OS.LINUX)
class DiskFullSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  private Path disk = Path.of("");

  @AfterEach
  void unmount() throws Exception {
    if (Files.exists(disk) && !disk.toString().isEmpty()) {
      new ProcessBuilder("umount", "-l", disk.toString()).start().waitFor();
    }
  }

  @Test
  void inRound2_endsTheRunAndKeepsWhatWasDone() throws Exception {
    disk = Files.createDirectory(federation.folder().resolve("disk"));
    assumeTrue(mount(disk), "a file system of 4 MB cannot be mounted here");
    Cifer server =
        federation.server(Map.of("rounds", 4, "runs_path", disk.toString(), "patience", 30));
    Cifer keyHolder = federation.keyHolder();
    List<Cifer> clients = federation.clients(3);
    clients.add(federation.client("client-4", Map.of("hold", 2)));
    federation.awaitHolding("client-4");

    fill(disk.resolve("something-else"));
    federation.letGo("client-4");

    assertThat(server.exitCode()).as(server::report).isEqualTo(ExitCode.DISK.number());
    assertThat(server.err())
        .startsWith("error: ")
        .containsIgnoringCase("space")
        .contains("(exit code 50, see docs/errors/50.md)")
        .doesNotContain("\tat ");
    JsonNode metrics =
        new JsonMapper().readTree(Files.readAllBytes(disk.resolve("run/metrics.json")));
    assertThat(metrics.size()).isEqualTo(1);
    assertThat(metrics.get(0).get("round").asInt()).isEqualTo(1);
    // Nobody waits for ever.
    assertThat(keyHolder.exitCode()).isNotZero();
    for (Cifer client : clients) {
      assertThat(client.exitCode()).as(client::report).isNotZero();
    }
  }

  private static boolean mount(Path at) throws IOException, InterruptedException {
    return new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=4m", "none", at.toString())
            .redirectErrorStream(true)
            .start()
            .waitFor()
        == 0;
  }

  /// Takes all the space that is left.
  private static void fill(Path file) throws IOException {
    byte[] chunk = new byte[4096];
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(chunk);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("space");
    }
  }
}
