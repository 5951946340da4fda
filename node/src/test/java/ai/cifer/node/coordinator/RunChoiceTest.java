package ai.cifer.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.strategy.FedAvg;
import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.store.EventLog;
import ai.cifer.node.store.JsonFile;
import ai.cifer.node.store.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunChoiceTest {
  private static final Strategy STRATEGY = FedAvg.builder().build();
  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-11-25T12:00:00Z"));

  @TempDir Path folder;

  private ServerConfig config(Map<String, String> keys) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("server.json"),
            """
            {"base_api": "https://localhost", "n_round_clients": 4, "runs_path": "runs",
             "certfile": "certificate.pem", "keyfile": "private_key.pem"}
            """);
    return ServerConfig.read(file, keys);
  }

  private RunChoice choose(Map<String, String> keys) throws Exception {
    return RunChoice.of(config(keys), STRATEGY, NOON);
  }

  private void assertRefused(Map<String, String> keys, Reason reason, String words) {
    assertThatThrownBy(() -> choose(keys))
        .isInstanceOfSatisfying(
            NodeException.class, refused -> assertThat(refused.reason()).isEqualTo(reason))
        .hasMessageContaining(words);
  }

  private RunFolder run(String id) {
    return RunFolder.of(folder.resolve("runs"), id);
  }

  /// Its coordinator has no checkpoint yet, as while constants are measured.
  @Test
  void aRunThatAnotherCoordinatorCarriesOut_isNotDiscarded() throws Exception {
    Map<String, String> keys = Map.of("run_id", "r");
    try (RunChoice running = choose(keys);
        EventLog log = running.log(NOON)) {
      assertThat(log).isNotNull();
      Path work = Files.createDirectories(running.folder().segments(1));
      assertRefused(keys, Reason.CONFIG_INVALID, "another coordinator carries out run r now");
      assertThat(work).exists();
      assertThat(running.folder().events()).exists();
    }
    // It ended before anything was done.
    try (RunChoice again = choose(keys)) {
      assertThat(again.checkpoint()).isEmpty();
      assertThat(again.folder().segments(1)).doesNotExist();
      assertThat(again.folder().events()).doesNotExist();
    }
  }

  /// Participants would refuse another round of the same number.
  @Test
  void aRunThatEndedWhileItMeasured_doesNotBeginAnew() throws Exception {
    Map<String, String> keys = Map.of("run_id", "r");
    Path measured;
    try (RunChoice running = choose(keys);
        EventLog log = running.log(NOON)) {
      assertThat(log).isNotNull();
      measured = Files.createDirectories(StatisticsRounds.folder(running.folder()));
    }
    assertRefused(keys, Reason.CONFIG_INVALID, "(expected: another run_id)");
    assertThat(measured).exists();
  }

  private void killed(String id, Map<String, String> keys) throws Exception {
    RunFolder killed = RunFolder.create(folder.resolve("runs"), id);
    JsonFile.write(killed.config(), new RecordedConfig(config(keys), STRATEGY, id));
    CheckpointTest.SAMPLE.write(killed.checkpoint());
  }

  @Test
  void anOlderRunThatCannotBeRead_standsInNobodysWay_theNewestDoes() throws Exception {
    killed("1", Map.of());
    killed("2", Map.of("clip", "3"));
    Files.writeString(run("1").config(), "{");
    try (RunChoice begun = choose(Map.of())) {
      assertThat(begun.folder().run()).isEqualTo("20261125-120000-000");
      assertThat(begun.checkpoint()).isEmpty();
    }
    Files.writeString(run("2").config(), "{");
    assertRefused(Map.of(), Reason.DAMAGED, "config.json");
  }

  @Test
  void theNewestThatWasToldTheSame_goesOn_unlessItIsInUse() throws Exception {
    killed("1", Map.of());
    killed("2", Map.of("clip", "3"));
    try (RunChoice goesOn = choose(Map.of())) {
      assertThat(goesOn.folder().run()).isEqualTo("1");
      assertThat(goesOn.checkpoint()).contains(CheckpointTest.SAMPLE);
      try (RunChoice other = choose(Map.of())) {
        assertThat(other.checkpoint()).isEmpty();
      }
    }
  }
}
