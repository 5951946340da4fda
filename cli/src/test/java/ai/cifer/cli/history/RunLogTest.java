package ai.cifer.cli.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.node.store.EventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {

  @TempDir Path folder;

  @Test
  void whatTheCoordinatorLogsIsReadBackAsTheSameDocument() throws IOException, CommandFailed {
    RunRecorder recorder = new RunRecorder();
    List<RunEvent> events =
        List.of(
            Events.started(),
            new RunEvent.RoundOpened(1, Events.CLIENTS),
            new RunEvent.Advanced(1, new RoundEvent.SegmentStored("client-1", 0, 0)),
            Events.completed(1, Events.CLIENTS),
            Events.completed(2, List.of("client-1")),
            Events.ended());
    log(events);
    events.forEach(recorder::on);
    assertThat(RunLog.read(folder))
        .isEqualTo(recorder.document(folder, Optional.empty(), 0).orElseThrow());
  }

  @Test
  void figuresOfTheDocument() throws IOException, CommandFailed {
    log(List.of(Events.started(), Events.completed(1, Events.CLIENTS), Events.ended()));
    RunDocument run = RunLog.read(folder);
    assertThat(run.uploadBytesPerClient()).isEqualTo(236_614);
    assertThat(run.float32Bytes()).isEqualTo(226_856);
    assertThat(run.uploadRatio()).isEqualTo(236_614.0 / 226_856);
    assertThat(run.seconds()).isEqualTo(9.31);
    assertThat(run.modelSha256()).endsWith("01");
    assertThat(run.rounds().getFirst().actual()).isEqualTo(Events.CLIENTS);
  }

  @Test
  void aRunThatWasKilledCountsAsFarAsItCame() throws IOException, CommandFailed {
    log(List.of(Events.started(), Events.completed(1, Events.CLIENTS)));
    Files.writeString(
        folder.resolve("events.jsonl"), "{\"event\":\"run_en", StandardOpenOption.APPEND);
    RunDocument run = RunLog.read(folder);
    assertThat(run.roundsCompleted()).isEqualTo(1);
    assertThat(run.reason()).isEqualTo("still running, or killed");
  }

  @Test
  void aFolderWithoutALogIsNamed() {
    assertThatThrownBy(() -> RunLog.read(folder))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("events.jsonl: not the event log of a run");
  }

  @Test
  void aMalformedEventIsNamed() throws IOException {
    Files.writeString(
        folder.resolve("events.jsonl"), "{\"event\":\"run_started\",\"rounds\":\"many\"}\n");
    assertThatThrownBy(() -> RunLog.read(folder))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("not the event log of a run");
  }

  private void log(List<RunEvent> events) throws IOException {
    try (EventLog log =
        EventLog.create(folder.resolve("events.jsonl"), InstantSource.fixed(Instant.EPOCH))) {
      events.forEach(log::on);
    }
  }
}
