package ai.cifer.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.identity.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The one liveness rule.
@Timeout(30)
class LivenessTest {

  /// Long enough that two statements in a row lie within it, short enough to wait for.
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path folder;

  private final Roster roster = new Roster();

  private Seat seat(String name) throws Exception {
    return roster.admit(
        new ConnectedSession(ConnectedSession.certificate(folder, Role.CLIENT, name)));
  }

  private static String untilGivenUp(Liveness liveness, String name) {
    Optional<String> reason = liveness.givenUp(name);
    while (reason.isEmpty()) {
      Thread.onSpinWait();
      reason = liveness.givenUp(name);
    }
    return reason.get();
  }

  @Test
  void whoWasNeverAsked_owesNothing() {
    Liveness liveness = new Liveness(roster, Duration.ofNanos(1));
    assertThat(liveness.givenUp("a")).isEmpty();
  }

  @Test
  void whoSaysNothing_isGivenUpAfterThePatience() throws Exception {
    seat("a");
    Liveness liveness = new Liveness(roster, SHORT);
    liveness.asked("a");
    long start = System.nanoTime();
    assertThat(untilGivenUp(liveness, "a"))
        .startsWith("connected, no progress for 0.")
        .endsWith("s (patience: 0.3 s)");
    assertThat(System.nanoTime() - start).isGreaterThan(SHORT.toNanos() / 2);
  }

  @Test
  void whoIsGone_isGivenUpToo() {
    Liveness liveness = new Liveness(roster, SHORT);
    liveness.asked("a");
    assertThat(untilGivenUp(liveness, "a")).startsWith("disconnected, no progress for ");
  }

  @Test
  void progress_andANewQuestion_startTheClockAgain() throws Exception {
    Seat seat = seat("a");
    Liveness liveness = new Liveness(roster, SHORT);
    liveness.asked("a");
    untilGivenUp(liveness, "a");
    seat.alive();
    assertThat(liveness.givenUp("a")).as("it moved bytes").isEmpty();
    untilGivenUp(liveness, "a");
    liveness.asked("a");
    assertThat(liveness.givenUp("a")).as("it was asked for something new").isEmpty();
  }

  @Test
  void patience_isNotShorterThanSaid() throws Exception {
    seat("a");
    Liveness liveness = new Liveness(roster, Duration.ofHours(1));
    liveness.asked("a");
    assertThat(liveness.givenUp("a")).isEmpty();
  }
}
