package ai.cifer.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.fedlearn.train.Metrics;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EventLogTest {

  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-11-22T12:00:00.123456Z"));

  @TempDir Path folder;

  @Test
  void everyLineIsAnObject_withTimeAndEvent() throws Exception {
    Path file = folder.resolve("events.jsonl");
    try (EventLog log = EventLog.create(file, NOON)) {
      log.on(
          new RunEvent.RunStarted(
              "r", "key-holder", "fedavg", "cnn", 10, 4, 100, 400, Optional.empty()));
      log.on(new RunEvent.Joined("client-1", "client"));
      log.on(new RunEvent.Advanced(3, new RoundEvent.SegmentStored("client-2", 0, 0)));
      log.on(
          new RunEvent.Advanced(
              3, new RoundEvent.SharesChecked("keys", 0, 0, new TreeSet<>(List.of("client-4")))));
      log.on(
          new RunEvent.RoundCompleted(
              new RoundSummary(
                  3,
                  List.of("a", "b"),
                  List.of("b"),
                  List.of(),
                  Optional.of(new Metrics(10, 0.5, 0.75)),
                  Optional.empty(),
                  Optional.empty(),
                  1,
                  2,
                  new RoundSummary.Times(1, 2, 3, 4, 5, 6),
                  "00ff")));
      log.on(new RunEvent.RunEnded("r", 1, Optional.of("\"quoted\"\nreason")));
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(6);
    assertThat(lines.get(2))
        .isEqualTo(
            "{\"time\":\"2026-11-22T12:00:00.123Z\",\"event\":\"segment_stored\",\"round\":3,"
                + "\"client\":\"client-2\",\"segment\":0,\"attempt\":0}");
    JsonMapper json = JsonMapper.builder().build();
    List<JsonNode> events = lines.stream().map(json::readTree).toList();
    assertThat(events.stream().map(event -> event.get("event").stringValue()))
        .containsExactly(
            "run_started",
            "joined",
            "segment_stored",
            "shares_checked",
            "round_completed",
            "run_ended");
    assertThat(events).allSatisfy(event -> assertThat(event.has("time")).isTrue());
    assertThat(events.get(3).get("complaints").get(0).stringValue()).isEqualTo("client-4");
    assertThat(events.get(4).get("planned_clients").intValue()).isEqualTo(2);
    assertThat(events.get(4).get("actual_clients").intValue()).isEqualTo(1);
    assertThat(events.get(4).get("upload_bytes").intValue()).isEqualTo(1);
    assertThat(events.get(4).get("model_digest").stringValue()).isEqualTo("00ff");
    assertThat(events.get(4).get("metrics").get("accuracy").doubleValue()).isEqualTo(0.75);
    assertThat(events.get(5).get("reason").stringValue()).isEqualTo("\"quoted\"\nreason");
  }

  @Test
  void anEvent_isInTheFileBeforeTheCallReturns() throws Exception {
    Path file = folder.resolve("events.jsonl");
    try (EventLog log = EventLog.create(file, NOON)) {
      for (int round = 1; round <= 3; round++) {
        log.on(new RunEvent.Advanced(round, new RoundEvent.ClientReady("c")));
        assertThat(Files.readAllLines(file)).hasSize(round);
      }
    }
  }

  @Test
  void progress_isShownNotLogged() throws Exception {
    Path file = folder.resolve("events.jsonl");
    try (EventLog log = EventLog.create(file, NOON)) {
      log.on(new RunEvent.Progress(1, "client-1", "train", 1, 2));
    }
    assertThat(file).isEmptyFile();
  }

  @Test
  void aLogIsNotOverwritten() throws Exception {
    Path file = Files.writeString(folder.resolve("events.jsonl"), "{}\n");
    assertThatThrownBy(() -> EventLog.create(file, NOON))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(file).hasContent("{}\n");
  }

  @Test
  void anEventThatCannotBeWritten_doesNotPassSilently() throws Exception {
    EventLog log = EventLog.create(folder.resolve("events.jsonl"), NOON);
    log.close();
    assertThatThrownBy(() -> log.on(new RunEvent.Joined("a", "client")))
        .isInstanceOf(UncheckedIOException.class);
  }

  /// A crash may leave half a line; the next line must not be written into it.
  @Test
  void aLogThatGoesOn_isWithoutHalfALine() throws Exception {
    Path file = folder.resolve("events.jsonl");
    try (EventLog log = EventLog.create(file, NOON)) {
      log.on(new RunEvent.Joined("client-1", "client"));
      log.on(new RunEvent.Joined("client-2", "client"));
    }
    byte[] whole = Files.readAllBytes(file);
    int first = Files.readAllLines(file).getFirst().length() + 1;
    for (int length = first; length <= whole.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      try (EventLog log = EventLog.append(file, NOON)) {
        log.on(new RunEvent.RunEnded("r", 1, Optional.empty()));
      }
      assertThat(EventLog.saysEnded(file)).isTrue();
      assertThat(Files.readAllLines(file))
          .hasSize(length == whole.length ? 3 : 2)
          .allSatisfy(line -> new JsonMapper().readTree(line));
    }
  }
}
