package ai.cifer.cli.history;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.terminal.Captured;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RoundTreeTest {

  @Test
  void aRunWithALossLooksLikeThis() throws IOException {
    Captured captured = Captured.file();
    tell(captured);
    assertThat(captured.out()).isEqualTo(golden("run.txt"));
  }

  @Test
  void theSameWithoutUnicode() throws IOException {
    Captured captured = Captured.asciiFile();
    tell(captured);
    assertThat(captured.out()).isEqualTo(golden("run-ascii.txt"));
  }

  @Test
  void noLineIsWiderThanATerminal() {
    Captured captured = Captured.file();
    tell(captured);
    assertThat(captured.out().lines()).allMatch(line -> line.length() <= 92);
  }

  @Test
  void aRunThatEndsEarlySaysWhy() throws IOException {
    Captured captured = Captured.file();
    try (RoundTree tree = new RoundTree(captured.terminal(), () -> 0)) {
      tree.on(Events.started());
      tree.on(new RunEvent.RoundOpened(1, Events.CLIENTS));
      tree.on(new RunEvent.Advanced(1, new RoundEvent.HelperLost("key-holder", "connection lost")));
      tree.on(new RunEvent.RoundVoided(1, "helpers: 0 of 1 (expected: >= 1)"));
      tree.on(new RunEvent.RunEnded("20261122-120000", 0, Optional.of("the key holder is lost")));
    }
    assertThat(captured.out()).isEqualTo(golden("ended-early.txt"));
  }

  @Test
  void aParticipantDoesNotKnowHowManyRoundsWerePlanned() {
    Captured captured = Captured.file();
    try (RoundTree tree = new RoundTree(captured.terminal(), () -> 0)) {
      tree.on(new RunEvent.RunEnded("", 0, Optional.of("too few clients")));
    }
    assertThat(captured.out()).contains("ended after 0 rounds: too few clients");
  }

  @Test
  void waitingIsToldOnce() {
    Captured captured = Captured.file();
    try (RoundTree tree = new RoundTree(captured.terminal(), () -> 0)) {
      tree.on(new RunEvent.Waiting(1, "2 more clients"));
      tree.on(new RunEvent.Waiting(1, "2 more clients"));
      tree.on(new RunEvent.Waiting(1, "1 more client"));
    }
    assertThat(captured.out()).isEqualTo("• waiting: 2 more clients\n• waiting: 1 more client\n");
  }

  @Test
  void namesBeyondEightAreCounted() {
    Captured captured = Captured.file();
    try (RoundTree tree = new RoundTree(captured.terminal(), () -> 0)) {
      tree.on(
          new RunEvent.RoundOpened(3, List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")));
    }
    assertThat(captured.out())
        .isEqualTo("round  3   10 clients: a, b, c, d, e, f, g, h, and 2 more\n");
  }

  private static void tell(Captured captured) {
    try (RoundTree tree = new RoundTree(captured.terminal(), () -> 0)) {
      tree.on(new RunEvent.Joined("key-holder", "key-holder"));
      Events.CLIENTS.forEach(client -> tree.on(new RunEvent.Joined(client, "client")));
      tree.on(Events.started());
      tree.on(new RunEvent.RoundOpened(1, Events.CLIENTS));
      tree.on(new RunEvent.Progress(1, "client-1", "train", 5, 10));
      tree.on(new RunEvent.Advanced(1, new RoundEvent.SegmentStored("client-1", 0, 0)));
      tree.on(Events.completed(1, Events.CLIENTS));
      tree.on(new RunEvent.RoundOpened(2, Events.CLIENTS));
      tree.on(new RunEvent.Left("client-3", "client", "connection reset"));
      tree.on(
          new RunEvent.Advanced(2, new RoundEvent.ClientWithdrew("client-3", "connection lost")));
      tree.on(
          new RunEvent.Advanced(
              2,
              new RoundEvent.SharesChecked(
                  "key-holder", 0, 0, new TreeSet<>(List.of("client-2")))));
      tree.on(
          new RunEvent.AttemptFailed(2, 0, 0, "clients with segment 0: 3 of 4 (expected: >= 4)"));
      tree.on(new RunEvent.Advanced(2, new RoundEvent.SegmentStored("client-1", 0, 1)));
      tree.on(new RunEvent.Advanced(2, new RoundEvent.SegmentStored("client-2", 0, 1)));
      tree.on(Events.completed(2, List.of("client-1")));
      tree.on(Events.ended());
    }
  }

  private static String golden(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(RoundTreeTest.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
