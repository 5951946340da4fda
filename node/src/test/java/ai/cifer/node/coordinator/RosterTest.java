package ai.cifer.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.node.identity.Role;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RosterTest {

  @TempDir Path folder;

  private final Roster roster = new Roster();

  private X509Certificate certificate(Role role, String name) throws Exception {
    return ConnectedSession.certificate(folder, role, name);
  }

  @Test
  void whoeverConnects_countsOnlyAfterItJoined() throws Exception {
    X509Certificate b = certificate(Role.CLIENT, "b");
    Seat seatB = roster.admit(new ConnectedSession(b));
    Seat seatA = roster.admit(new ConnectedSession(certificate(Role.CLIENT, "a")));
    Seat keys = roster.admit(new ConnectedSession(certificate(Role.KEY_HOLDER, "keys")));
    assertThat(roster.all()).containsExactly(seatA, seatB, keys);
    assertThat(roster.joined(Role.CLIENT)).isEmpty();

    seatB.join(10, 0);
    seatA.join(0, 0);
    keys.join(0, 3);
    assertThat(roster.joined(Role.CLIENT)).containsExactly(seatA, seatB);
    assertThat(roster.joined(Role.KEY_HOLDER)).containsExactly(keys);
    assertThat(keys.activeRound()).isEqualTo(3);
    assertThat(roster.seat("b")).contains(seatB);
    assertThat(roster.seat(b)).isSameAs(seatB);
  }

  @Test
  void aSecondCoordinator_isNoParticipant() throws Exception {
    X509Certificate other = certificate(Role.COORDINATOR, "hub");
    assertThatThrownBy(() -> roster.admit(new ConnectedSession(other)))
        .isInstanceOf(LinkRefused.class)
        .hasMessage("role of hub: coordinator (expected: client or key-holder)");
    assertThat(roster.all()).isEmpty();
  }

  @Test
  void streamsNeedASession() throws Exception {
    X509Certificate stranger = certificate(Role.CLIENT, "stranger");
    assertThatThrownBy(() -> roster.seat(stranger))
        .as("its link was lost: it comes back, and does not leave the round")
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("stranger has no session (expected: open one first)");
  }

  @Test
  void aNewerConnection_replacesTheOlder() throws Exception {
    X509Certificate certificate = certificate(Role.CLIENT, "a");
    ConnectedSession first = new ConnectedSession(certificate);
    ConnectedSession second = new ConnectedSession(certificate);
    Seat old = roster.admit(first);
    Seat fresh = roster.admit(second);
    assertThat(first.closed).isEqualTo("replaced by a newer connection of a");
    assertThat(second.isOpen()).isTrue();

    assertThat(roster.leave(old)).as("the seat is not its any more").isFalse();
    assertThat(roster.seat("a")).contains(fresh);
    assertThat(roster.leave(fresh)).isTrue();
    assertThat(roster.seat("a")).isEmpty();
  }

  /// Transport tells of the old connection's end after the new one is there.
  @Test
  void theEndOfTheOldConnection_doesNotEndTheNew() throws Exception {
    Coordinator coordinator = new Coordinator(null, event -> {}, Duration.ZERO);
    X509Certificate certificate = certificate(Role.CLIENT, "a");
    ConnectedSession first = new ConnectedSession(certificate);
    ConnectedSession second = new ConnectedSession(certificate);
    coordinator.opened(first);
    coordinator.opened(second);
    coordinator.closed(first, "replaced");

    assertThat(coordinator.roster().seat("a").map(seat -> seat.session)).contains(second);
    coordinator.closed(second, "gone");
    assertThat(coordinator.roster().all()).isEmpty();
  }

  @Test
  void aCertificateOfAnotherProject_isDeclined() throws Exception {
    Coordinator coordinator = new Coordinator("heart", event -> {}, Duration.ZERO);
    ConnectedSession session = new ConnectedSession(certificate(Role.CLIENT, "a"));
    assertThatThrownBy(() -> coordinator.opened(session))
        .isInstanceOf(LinkRefused.class)
        .hasMessage("project of a: null (expected: heart)");
    assertThat(coordinator.roster().all()).isEmpty();
  }

  @Test
  void whenTheRunIsOver_everybodyIsTold_andNobodysLinkIsCutBeforeItCouldHear() throws Exception {
    Coordinator coordinator = new Coordinator(null, event -> {}, Duration.ZERO);
    ConnectedSession a = new ConnectedSession(certificate(Role.CLIENT, "a"));
    ConnectedSession keys = new ConnectedSession(certificate(Role.KEY_HOLDER, "keys"));
    coordinator.opened(a);
    coordinator.opened(keys);
    ControlMessage.RunEnd end = new ControlMessage.RunEnd(2, "");
    coordinator.dismiss(end);
    for (ConnectedSession session : List.of(a, keys)) {
      assertThat(session.sent).containsExactly(end.envelope());
      assertThat(session.closed).isNull();
    }

    // Whoever lost its link before it could read that asks again.
    ConnectedSession back = new ConnectedSession(a.peer());
    coordinator.opened(back);
    assertThat(back.sent).containsExactly(end.envelope());
    assertThat(back.closed).isNull();
  }

  @Test
  @Timeout(30)
  void whoLostItsLinkAMomentAgo_isWaitedForAtTheEnd_butNotWhoSaidGoodbye() throws Exception {
    Duration hour = Duration.ofHours(1);
    Coordinator coordinator = new Coordinator(null, event -> {}, Duration.ZERO);
    ConnectedSession a = new ConnectedSession(certificate(Role.CLIENT, "a"));
    ConnectedSession b = new ConnectedSession(certificate(Role.CLIENT, "b"));
    ConnectedSession c = new ConnectedSession(certificate(Role.CLIENT, "c"));
    ConnectedSession d = new ConnectedSession(certificate(Role.CLIENT, "d"));
    for (ConnectedSession session : List.of(a, b, c, d)) {
      coordinator.opened(session);
    }
    a.goodbye = true;
    coordinator.closed(a, "closed by the participant");
    coordinator.closed(b, "lost");
    coordinator.dismiss(new ControlMessage.RunEnd(2, ""));
    // One heard it and left; the link of the other broke, maybe with the goodbye on it.
    c.goodbye = true;
    coordinator.closed(c, "closed by the participant");
    coordinator.closed(d, "lost");
    coordinator.strays().awaitAnswers();
    assertThat(coordinator.strays().since(hour)).containsExactly("b", "d");
    assertThat(coordinator.strays().since(Duration.ZERO)).isEmpty();

    Thread back =
        Thread.ofVirtual()
            .start(() -> {
              try {
                coordinator.opened(new ConnectedSession(b.peer()));
                coordinator.opened(new ConnectedSession(d.peer()));
              } catch (LinkRefused refused) {
                throw new java.io.UncheckedIOException(refused);
              }
            });
    coordinator.strays().await(hour);
    back.join();
    assertThat(coordinator.strays().since(hour)).isEmpty();
  }

  /// A handler that waits for the coordinator's thread would hold the port when that is gone.
  @Test
  @Timeout(30)
  void whoeverWaitsForTheCoordinatorsThread_isLetGoAtTheEnd() throws Exception {
    Coordinator coordinator = new Coordinator(null, event -> {}, Duration.ZERO);
    ConnectedSession session = new ConnectedSession(certificate(Role.CLIENT, "a"));
    coordinator.opened(session);
    CountDownLatch handled = new CountDownLatch(1);
    Thread handler =
        Thread.ofVirtual()
            .start(() -> {
              try {
                coordinator.received(
                    session, new ControlMessage.Withdraw(1, "late", false).envelope());
                handled.countDown();
              } catch (IOException refused) {
                throw new java.io.UncheckedIOException(refused);
              }
            });
    while (handler.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    coordinator.stop();
    handled.await();
  }
}
