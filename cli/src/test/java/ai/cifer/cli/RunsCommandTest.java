package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.history.Events;
import ai.cifer.cli.terminal.Captured;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.node.store.EventLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunsCommandTest {
  private static final Instant BEGAN = Instant.parse("2026-11-22T12:00:00Z");

  /// The accuracy after the second round.
  private static final double SECOND = 0.7 + 0.05 * 2;

  @TempDir Path folder;

  @BeforeEach
  void runs() throws IOException {
    run(
        "first",
        2,
        "{\"run_id\":\"first\",\"strategy\":\"fedavg\",\"train\":{\"learning_rate\":0.05}}");
    run(
        "second",
        1,
        "{\"run_id\":\"second\",\"strategy\":\"fedyogi\",\"train\":{\"learning_rate\":0.05}}");
  }

  private void run(String name, int rounds, String config) throws IOException {
    Path run = Files.createDirectories(folder.resolve(name));
    Files.writeString(run.resolve("config.json"), config);
    try (EventLog log = EventLog.create(run.resolve("events.jsonl"), InstantSource.fixed(BEGAN))) {
      RunEvent.RunStarted started = Events.started();
      log.on(
          new RunEvent.RunStarted(
              name,
              started.encryption(),
              started.strategy(),
              started.architecture(),
              started.rounds(),
              started.clients(),
              started.parameters(),
              started.float32Bytes(),
              started.initial()));
      for (int round = 1; round <= rounds; round++) {
        log.on(Events.completed(round, Events.CLIENTS));
      }
    }
  }

  private String cifer(String... words) {
    Captured captured = Captured.file();
    List<String> all = new ArrayList<>(List.of("runs"));
    all.addAll(List.of(words));
    all.addAll(List.of("--runs", folder.toString()));
    assertThat(Cifer.run(captured.terminal(), all.toArray(String[]::new)))
        .as(captured.err())
        .isZero();
    return captured.out();
  }

  @Test
  void compare_showsWhatRunsCameTo_andOnlyTheSettingsInWhichTheyDiffer() {
    Path picture = folder.resolve("compared.png");
    List<String> lines =
        cifer("compare", "first", "second", "--out", picture.toString()).lines().toList();
    assertThat(lines.get(1)).startsWith("first").contains("80.00 %", "0.4062", "473.2 kB");
    assertThat(lines.get(2)).startsWith("second").contains("75.00 %", "0.8123", "236.6 kB");
    assertThat(lines.get(4)).isEqualTo("setting   first   second");
    assertThat(lines.get(5)).isEqualTo("strategy  fedavg  fedyogi");
    assertThat(lines).hasSize(7);
    assertThat(picture).isNotEmptyFile();
  }

  @Test
  void theDocumentSaysTheSame() {
    JsonNode document =
        new JsonMapper().readTree(cifer("compare", "first", "second", "--format", "json"));
    assertThat(document.at("/runs/0/accuracy").asDouble()).isEqualTo(SECOND);
    assertThat(document.at("/runs/0/best_round").asInt()).isEqualTo(2);
    assertThat(document.at("/runs/1/upload_bytes_per_client").asLong()).isEqualTo(236_614);
    assertThat(document.at("/differences/strategy/1").asString()).isEqualTo("fedyogi");
    assertThat(document.at("/differences").size()).isEqualTo(1);
  }

  @Test
  void csv_hasALineForEachRound() throws IOException {
    Path file = folder.resolve("first").resolve("rounds.csv");
    assertThat(cifer("export", "first", "--to", "csv").strip()).isEqualTo(file.toString());
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "round,accuracy,loss,clients_planned,clients_actual,upload_bytes_per_client,download_bytes_per_client,seconds_total,seconds_train,seconds_encrypt,seconds_aggregate,seconds_open,seconds_evaluate",
            "1,0.75,0.8123,3,3,236614,226856,9.31,7.91,0.11,0.02,0.04,0.61",
            "2," + SECOND + ",0.40615,3,3,236614,226856,9.31,7.91,0.11,0.02,0.04,0.61");
  }

  @Test
  void json_hasTheSettingsToo() throws IOException {
    Path file = folder.resolve("out/run.json");
    cifer("export", "first", "--to", "json", "--out", file.toString());
    JsonNode document = new JsonMapper().readTree(Files.readString(file));
    assertThat(document.at("/settings/train.learning_rate").asString()).isEqualTo("0.05");
    assertThat(document.at("/run/rounds/1/quality/accuracy").asDouble()).isEqualTo(SECOND);
    assertThat(document.at("/began").asString()).isEqualTo(BEGAN.toString());
  }

  /// The framing and CRCs are those of TFRecord.
  @Test
  void tensorBoard_hasARecordForEachFigureAndRound() throws IOException {
    cifer("export", "first", "--to", "tensorboard", "--out", folder.resolve("tb").toString());
    Path file =
        folder.resolve("tb/first/events.out.tfevents.%d.cifer".formatted(BEGAN.getEpochSecond()));
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<String> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] length = new byte[8];
      bytes.get(length);
      assertThat(bytes.getInt()).isEqualTo(masked(length));
      byte[] event =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      bytes.get(event);
      assertThat(bytes.getInt()).isEqualTo(masked(event));
      events.add(new String(event, StandardCharsets.ISO_8859_1));
    }
    assertThat(events.getFirst()).contains("brain.Event:2");
    assertThat(events).hasSize(1 + 2 * 12);
    assertThat(events.get(1)).contains("accuracy");
  }

  private static int masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    int value = (int) crc.getValue();
    return ((value >>> 15) | (value << 17)) + 0xA282EAD8;
  }

  @Test
  void mlflow_hasParametersAndMetrics_andARunExportedAgainIsReplaced() throws IOException {
    Path runs = folder.resolve("mlruns");
    for (int i = 0; i < 2; i++) {
      cifer("export", "first", "--to", "mlflow", "--out", runs.toString());
    }
    cifer("export", "second", "--to", "mlflow", "--out", runs.toString());
    List<Path> exported;
    try (Stream<Path> children = Files.list(runs.resolve("0"))) {
      exported = children.filter(Files::isDirectory).toList();
    }
    assertThat(exported).hasSize(2);
    Path first =
        exported.stream()
            .filter(run -> text(run.resolve("tags/mlflow.runName")).equals("first"))
            .findFirst()
            .orElseThrow();
    assertThat(text(first.resolve("params/train.learning_rate"))).isEqualTo("0.05");
    assertThat(text(first.resolve("metrics/accuracy")))
        .isEqualTo("%1$d 0.75 1\n%1$d %2$s 2\n".formatted(BEGAN.toEpochMilli(), SECOND));
    assertThat(text(first.resolve("meta.yaml")))
        .contains("status: 4", "run_name: 'first'", "start_time: " + BEGAN.toEpochMilli());
  }

  @Test
  void csv_saysWhatClientsMeasured() throws IOException {
    run("measured", 1, "{}");
    Path log = folder.resolve("measured/events.jsonl");
    String events = Files.readString(log);
    assertThat(events).contains("\"on_clients\":null");
    Files.writeString(
        log,
        events.replace(
            "\"on_clients\":null",
            "\"on_clients\":{\"loss\":1.5,\"accuracy\":0.5,\"spread\":0.25}"));
    Path out = folder.resolve("measured.csv");

    cifer("export", "measured", "--to", "csv", "--out", out.toString());

    assertThat(Files.readAllLines(out).getFirst())
        .startsWith("round,accuracy,loss,clients_accuracy,clients_accuracy_spread,clients_loss,");
    assertThat(Files.readAllLines(out).getLast()).contains(",0.5,0.25,1.5,");
  }

  /// Clips by the names of tensors, and a file that somebody else wrote.
  @Test
  void mlflow_takesEveryNameOfASetting_andWritesNothingElsewhere() throws IOException {
    run(
        "strange",
        1,
        """
        {"clip": {"block/0/*": 1, "block?0?*": 2, "../../../../outside": 3}, "..": 4,
         "%s": 5}\
        """
            .formatted("long".repeat(200)));
    Path out = folder.resolve("deep/in/mlruns");

    cifer("export", "strange", "--to", "mlflow", "--out", out.toString());

    Path params;
    try (Stream<Path> files = Files.walk(folder)) {
      params = files.filter(file -> file.endsWith("params")).findFirst().orElseThrow();
    }
    try (Stream<Path> files = Files.list(params)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "clip.block_0__",
              "clip.block_0___2",
              "clip..._.._.._.._outside",
              "_..",
              "long".repeat(50));
    }
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(file -> file.toString().contains("outside")))
          .allMatch(file -> file.startsWith(params));
    }
  }

  @Test
  void aRunWhoseLogNamesAnotherPlaceIsRefused() throws IOException {
    run("../elsewhere", 1, "{}");
    Files.move(folder.resolveSibling("elsewhere"), folder.resolve("third"));
    Captured captured = Captured.file();
    assertThat(
            Cifer.run(
                captured.terminal(),
                "runs",
                "export",
                "third",
                "--to",
                "tensorboard",
                "--runs",
                folder.toString()))
        .isEqualTo(11);
    assertThat(captured.err()).contains("name: \"../elsewhere\" (expected: 1 to 64 characters");
  }

  @Test
  void logs_areShownWhateverTheirEncoding() throws IOException {
    Files.write(folder.resolve("first/trainer.log"), new byte[] {'a', (byte) 0xe9, '\n', 'b'});
    assertThat(cifer("logs", "first")).endsWith("a\uFFFD\nb\n");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void logs_printsWhatLiesInTheFolder() throws IOException {
    Files.writeString(folder.resolve("first/coordinator.log"), "listening\n");
    assertThat(cifer("logs", "first"))
        .isEqualTo("== %s\nlistening\n".formatted(folder.resolve("first/coordinator.log")));
  }

  @Test
  void anUnknownKindIsNamed_withThoseThatThereAre() {
    Captured captured = Captured.file();
    assertThat(Cifer.run(captured.terminal(), "runs", "export", "--to", "excel")).isNotZero();
    assertThat(captured.err()).contains("excel (expected: csv, json, tensorboard, mlflow)");
  }

  @Test
  void theScriptOfCompletionKnowsCommandsAndOptions() {
    Captured captured = Captured.file();
    assertThat(Cifer.run(captured.terminal(), "completion")).isZero();
    assertThat(captured.out())
        .startsWith("#!/usr/bin/env bash")
        .contains("complete -F _complete_cifer", "key-holder", "--encryption");
  }
}
