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

  private Liveness liveness(Duration patience) {
    return new Liveness(roster, patience, Liveness.grace(patience));
  }

  private static String untilGivenUp(Liveness liveness, String name) {
    Optional<String> reason = liveness.givenUp(name, false, false);
    while (reason.isEmpty()) {
      Thread.onSpinWait();
      reason = liveness.givenUp(name, false, false);
    }
    return reason.get();
  }

  @Test
  void whoWasNeverAsked_owesNothing() {
    Liveness liveness = liveness(Duration.ofNanos(1));
    assertThat(liveness.givenUp("a", false, false)).isEmpty();
  }

  @Test
  void whoSaysNothing_isGivenUpAfterThePatience() throws Exception {
    seat("a");
    Liveness liveness = liveness(SHORT);
    liveness.asked("a");
    long start = System.nanoTime();
    assertThat(untilGivenUp(liveness, "a"))
        .startsWith("connected, no progress for 0.")
        .endsWith("s (patience: 0.3 s)");
    assertThat(System.nanoTime() - start).isGreaterThan(SHORT.toNanos() / 2);
  }

  @Test
  void whoIsGone_isGivenUpToo() {
    Liveness liveness = liveness(SHORT);
    liveness.asked("a");
    assertThat(untilGivenUp(liveness, "a")).startsWith("disconnected, no progress for ");
  }

  /// A process that was killed shows it by its link; the round must not wait as long for it as for
  /// one that may still be busy.
  @Test
  void whoLosesItsLink_isGivenUpAfterTheGrace_unlessItComesBack() throws Exception {
    Duration patience = Duration.ofMillis(600);
    Seat seat = seat("a");
    Liveness liveness = liveness(patience);
    liveness.asked("a");
    untilGivenUp(liveness, "a");
    roster.leave(seat);
    assertThat(liveness.givenUp("a", false, false))
        .as("the clock starts when the link breaks")
        .isEmpty();
    liveness.asked("a");
    assertThat(untilGivenUp(liveness, "a"))
        .startsWith("disconnected, no progress for 0.")
        .endsWith("s (grace: 0.6 s)");
    liveness.asked("a");
    assertThat(liveness.givenUp("a", false, false)).as("it did not hear the question").isPresent();
    roster.admit(seat.session);
    assertThat(liveness.givenUp("a", false, false)).as("it is back").isEmpty();
  }

  @Test
  void grace_isShorterThanPatience_butLongEnoughToComeBack() {
    assertThat(Liveness.grace(Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(3));
    assertThat(Liveness.grace(Duration.ofSeconds(60))).isEqualTo(Duration.ofSeconds(10));
    assertThat(Liveness.grace(Duration.ofHours(1))).isEqualTo(Duration.ofMinutes(10));
  }

  /// In a simulation nobody comes back who is lost, not even one that cannot be replaced.
  @Test
  void whereNobodyComesBack_whoLosesItsLink_isGivenUpAtOnce() throws Exception {
    Seat seat = seat("a");
    Liveness liveness = new Liveness(roster, Duration.ofHours(1), Duration.ZERO);
    liveness.asked("a");
    assertThat(liveness.givenUp("a", false, false)).as("it is there").isEmpty();
    roster.leave(seat);
    assertThat(liveness.givenUp("a", false, false)).isPresent();
    assertThat(liveness.givenUp("a", false, true)).isPresent();
  }

  @Test
  void progress_andANewQuestion_startTheClockAgain() throws Exception {
    Seat seat = seat("a");
    Liveness liveness = liveness(SHORT);
    liveness.asked("a");
    untilGivenUp(liveness, "a");
    seat.alive();
    assertThat(liveness.givenUp("a", false, false)).as("it moved bytes").isEmpty();
    untilGivenUp(liveness, "a");
    liveness.asked("a");
    assertThat(liveness.givenUp("a", false, false)).as("it was asked for something new").isEmpty();
  }

  @Test
  void patience_isNotShorterThanSaid() throws Exception {
    seat("a");
    Liveness liveness = liveness(Duration.ofHours(1));
    liveness.asked("a");
    assertThat(liveness.givenUp("a", false, false)).isEmpty();
  }

  /// Told progress costs nothing, so that it does not stand for an answer that takes moments.
  @Test
  void toldProgress_counts_onlyForWhoWorksOnASegment() throws Exception {
    Seat seat = seat("a");
    Liveness liveness = liveness(SHORT);
    liveness.asked("a");
    untilGivenUp(liveness, "a");
    seat.progressed("train", 1);
    assertThat(liveness.givenUp("a", true, false)).as("it trains").isEmpty();
    assertThat(liveness.givenUp("a", false, false)).as("it owes an answer").isPresent();
    seat.progressed("train", 1);
    while (liveness.givenUp("a", true, false).isEmpty()) {
      seat.progressed("train", 1);
    }
    seat.progressed("train", 2);
    assertThat(liveness.givenUp("a", true, false)).as("one step further").isEmpty();
  }
}
