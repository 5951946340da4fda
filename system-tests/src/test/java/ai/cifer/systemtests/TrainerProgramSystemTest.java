package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.training.python.PythonEnvironment;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The script of `docs/how-to-train-with-python.md` in real federations.
class TrainerProgramSystemTest {
  private static final Path PAGE = Cifer.HOME.resolve("docs/how-to-train-with-python.md");
  private static final Pattern BLOCK =
      Pattern.compile("```(?<language>\\w+)\\n(?<text>.*?)```", Pattern.DOTALL);

  @RegisterExtension final Federation federation = new Federation();

  private Path python = Path.of("");
  private String trainer = "";

  @BeforeEach
  void aScript() throws Exception {
    PythonEnvironment environment =
        PythonEnvironment.of("examples/python/sklearn/requirements.txt");
    python = environment.python();
    federation.encryption("secure-aggregation");
    Path script = federation.folder().resolve("train.py");
    Files.writeString(script, block("python", 0));
    Files.copy(
        Cifer.HOME.resolve("python/cifer_trainer.py"),
        federation.folder().resolve("cifer_trainer.py"));
    trainer = "%s '%s'".formatted(python, script);
    String unused =
        environment.run(
            Cifer.HOME.resolve("examples/python/prepare.py").toString(),
            Cifer.HOME.resolve("examples/data/breast_cancer_wdbc.csv").toString(),
            Cifer.HOME.resolve("examples/python/sklearn/settings.json").toString(),
            federation.folder().toString());
    assertThat(unused).isEmpty();
  }

  /// The n-th block of a language on the page.
  private static String block(String language, int n) throws IOException {
    Matcher blocks = BLOCK.matcher(Files.readString(PAGE));
    List<String> found = new ArrayList<>();
    while (blocks.find()) {
      if (blocks.group("language").equals(language)) {
        found.add(blocks.group("text"));
      }
    }
    return found.get(n);
  }

  private Cifer client(String name, String script, Map<String, ?> more) throws IOException {
    Map<String, Object> keys = new HashMap<>(Map.of("trainer", script, "dataset_path", "data.csv"));
    keys.putAll(more);
    return federation.start(name, Cifer.small(64), federation.clientWords(name, Map.of(), keys));
  }

  private Cifer server(Map<String, ?> more) throws IOException {
    Map<String, Object> keys =
        new HashMap<>(
            Map.of(
                "n_round_clients", 3,
                "trainer", trainer,
                "dataset_path", "../hub/data.csv",
                "learning_rate", 0.5,
                "local_epochs", 20,
                "patience", 60,
                "rounds", 2));
    keys.putAll(more);
    return federation.server(keys);
  }

  private void initialModel() throws Exception {
    Cifer init =
        federation.start(
            "init",
            Cifer.small(64),
            List.of(
                "model",
                "init",
                "--trainer",
                trainer,
                "--out",
                federation.folder().resolve("model.safetensors").toString()));
    assertThat(init.exitCode()).as(init::report).isZero();
  }

  /// The page's commands as they stand there, in one shell, its configurations in their files.
  @Test
  @Tag("slow")
  void whatThePageSays_works() throws Exception {
    Path folder = federation.folder();
    int port = freePort();
    for (String place : List.of("hub", "client-1", "client-2", "client-3")) {
      String json = block("json", place.equals("hub") ? 0 : 1).strip();
      if (place.equals("client-1")) {
        // One client lists an environment as the page shows.
        json = json.substring(0, json.length() - 1) + "," + block("json", 2).strip().substring(1);
      }
      Files.writeString(
          folder.resolve(place).resolve(place.equals("hub") ? "server.json" : "config.json"),
          json.replace("5000", Integer.toString(port)));
    }
    for (String file : List.of("certificate.pem", "private_key.pem", "ca.pem")) {
      Files.copy(
          folder.resolve("coordinator").resolve(file),
          folder.resolve("hub").resolve(file),
          StandardCopyOption.COPY_ATTRIBUTES);
    }
    Path bin = Files.createDirectory(folder.resolve("bin"));
    executable(bin.resolve("cifer"), Cifer.shellCommand());
    executable(bin.resolve("python"), "exec '%s' \"$@\"".formatted(python));

    Process shell =
        new ProcessBuilder(
                "bash",
                "-eu",
                "-c",
                "PATH=%s:$PATH\n".formatted(bin)
                    + block("bash", 0)
                    + block("bash", 1)
                    + block("bash", 2))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("page.out").toFile())
            .start();
    try {
      assertThat(shell.waitFor(4, java.util.concurrent.TimeUnit.MINUTES)).isTrue();
    } finally {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly();
    }

    String printed = Files.readString(folder.resolve("page.out"));
    assertThat(shell.exitValue()).as(printed).isZero();
    double alone = accuracy(printed, "\"round\": 5, .*\"accuracy\": ([0-9.]+)", 1);
    double federated = accuracy(printed, "accuracy ([0-9.]+) % after 5 rounds", 100);
    assertThat(federated).as(printed).isGreaterThan(0.88).isBetween(alone - 0.03, alone + 0.03);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static double accuracy(String printed, String pattern, double unit) {
    Matcher matcher = Pattern.compile(pattern).matcher(printed);
    assertThat(matcher.find()).as(printed).isTrue();
    return Double.parseDouble(matcher.group(1)) / unit;
  }

  private static void executable(Path file, String command) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + command + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /// One client's program is killed in the middle, another's client is: the first is started again
  /// and its update is in the sum, the second leaves no program behind.
  @Test
  @Tag("slow")
  void aProgramThatIsKilledIsStartedAgain_andNoneOutlivesItsClient() throws Exception {
    initialModel();
    Path once = federation.folder().resolve("once.py");
    Files.writeString(
        once,
        block("python", 0)
            .replace(
                "def fit(x, y, w, rate, epochs):",
                """
                def fit(x, y, w, rate, epochs):
                    import os
                    if not os.path.exists("killed"):
                        open("killed", "w").close()
                        os.kill(os.getpid(), 9)\
                """));
    Cifer server = server(Map.of());
    Cifer first = client("client-1", "%s '%s'".formatted(python, once), Map.of());
    List<Cifer> others =
        List.of(client("client-2", trainer, Map.of()), client("client-3", trainer, Map.of()));

    assertThat(server.exitCode()).as(server::report).isZero();

    assertThat(federation.plannedAndActual())
        .containsEntry(1, "3 planned, 3 actual")
        .containsEntry(2, "3 planned, 3 actual");
    assertThat(first.exitCode()).as(first::report).isZero();
    assertThat(Files.readString(federation.of("client-1").resolve("state/client.log")))
        .contains("ended with code 137 while it trained")
        .contains("started again and given the same request");
    for (Cifer other : others) {
      assertThat(other.exitCode()).as(other::report).isZero();
    }
  }

  @Test
  @Tag("slow")
  void aClientThatIsKilledTakesItsProgramAlong() throws Exception {
    initialModel();
    Path slow = federation.folder().resolve("slow.py");
    Files.writeString(
        slow,
        block("python", 0)
            .replace(
                "def fit(x, y, w, rate, epochs):",
                """
                def fit(x, y, w, rate, epochs):
                    import time
                    open("training", "w").close()
                    time.sleep(1000)\
                """));
    Cifer server = server(Map.of());
    Cifer client = client("client-1", "%s '%s'".formatted(python, slow), Map.of());
    client("client-2", trainer, Map.of());
    client("client-3", trainer, Map.of());
    Path training = federation.of("client-1").resolve("training");
    Wait.until("training", Duration.ofMinutes(1), () -> Files.exists(training));
    List<ProcessHandle> programs =
        client.tree().stream().filter(each -> each.pid() != client.pid()).toList();
    assertThat(programs).isNotEmpty();

    client.kill();

    Wait.until(
        "the program's end",
        Duration.ofSeconds(20),
        () -> programs.stream().noneMatch(ProcessHandle::isAlive));
    server.kill();
  }

  @Test
  @Tag("slow")
  void aProgramThatFails_endsItsClientWithTheReason_andTheCoordinatorLearnsNone() throws Exception {
    initialModel();
    Path failing = federation.folder().resolve("failing.py");
    Files.writeString(
        failing,
        block("python", 0)
            .replace(
                "def fit(x, y, w, rate, epochs):",
                """
                def fit(x, y, w, rate, epochs):
                    raise ValueError("patient Jane Doe has no label")\
                """));
    Files.copy(
        federation.of("client-1").resolve("data.csv"),
        federation.of("client-4").resolve("data.csv"));
    Cifer server = server(Map.of("rounds", 1, "n_round_clients", 4, "min_clients", 3));
    Cifer client = client("client-4", "%s '%s'".formatted(python, failing), Map.of());
    for (int i = 1; i <= 3; i++) {
      client("client-" + i, trainer, Map.of());
    }

    assertThat(client.exitCode()).isEqualTo(ExitCode.TRAINER_FAILED.number());
    assertThat(client.err())
        .contains("failed while it trained: ValueError: patient Jane Doe has no label")
        .contains("trainer.log");
    assertThat(server.exitCode()).as(server::report).isZero();
    assertThat(federation.events().toString() + server.out() + server.err())
        .contains("training failed")
        .doesNotContain("Jane");
  }
}
