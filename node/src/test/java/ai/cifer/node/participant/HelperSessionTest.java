package ai.cifer.node.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.node.NodeException;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.journal.FileJournal;
import ai.cifer.secagg.journal.HelperJournal;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundContext;
import ai.cifer.secagg.round.RoundPolicy;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.Link;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A key holder with a real role, journal and identity, and a coordinator that misbehaves.
@Timeout(60)
class HelperSessionTest {
  private static final ControlMessage.RunEnd END = new ControlMessage.RunEnd(1, "");

  @TempDir Path folder;
  private ScriptedCoordinator coordinator;
  private FileJournal journal;
  private HelperRole role;
  private Optional<VerifiedRound> held = Optional.empty();

  @BeforeEach
  void enrol() throws IOException {
    coordinator = new ScriptedCoordinator(folder);
    journal = FileJournal.open(coordinator.state().resolve("key-holder.journal"));
    Identity self = coordinator.keyHolder;
    role =
        new HelperRole(
            CertificateEnrolment.signer(self),
            Role.KEY_HOLDER,
            RoundPolicy.of(coordinator.federation(), EncryptionMode.KEY_HOLDER),
            new CertificateEnrolment(self, InstantSource.system()),
            new HelperJournal(journal),
            new SecureRandom());
  }

  @AfterEach
  void close() throws IOException {
    role.close();
    journal.close();
    coordinator.close();
  }

  private Optional<Ending> serve() throws Exception {
    Identity self = coordinator.keyHolder;
    Inbox inbox = new Inbox();
    try (Link link = coordinator.connect(self, inbox);
        inbox) {
      HelperSession session =
          new HelperSession(
              link,
              inbox,
              role,
              false,
              self.name(),
              coordinator.state(),
              held,
              coordinator.events::add);
      Optional<Ending> ending = session.serve();
      held = session.round();
      return ending;
    }
  }

  private void assertFails(NodeException.Reason reason, String part) {
    assertThatThrownBy(this::serve)
        .isInstanceOfSatisfying(
            NodeException.class, failure -> assertThat(failure.reason()).isEqualTo(reason))
        .hasMessageContaining(part);
  }

  private RoundOpen open() throws IOException {
    return coordinator.open(
        1, ScriptedCoordinator.LAYOUT, EncryptionMode.KEY_HOLDER, List.of(role.hello("run-1", 1)));
  }

  private Envelope result(RoundOpen open, Identity author) {
    RoundResult result =
        new RoundResult(
                RoundContext.of(open).hash(),
                List.of(Bytes.sha256(new byte[1])),
                Bytes.zeros(32),
                Bytes.zeros(32),
                "hub",
                Bytes.EMPTY)
            .signed(CertificateEnrolment.signer(author));
    return new Envelope(Kinds.ROUND_RESULT, "", result.encode());
  }

  @Test
  void aRefusedHelloIsSaidForTheRoundThatWasAskedFor() throws Exception {
    for (int round = 1; round <= 65; round++) {
      coordinator.says(new ControlMessage.HelloRequest(coordinator.federation(), "run-1", round));
    }
    coordinator.says(END);
    assertThat(serve()).contains(new Ending(1, ""));
    assertThat(coordinator.received(ControlMessage.StopHelping.class))
        .extracting(ControlMessage.StopHelping::round)
        .containsExactly(65);
  }

  @Test
  void aForgedResultEndsNoRoundAndARealOneIsRemembered() throws Exception {
    RoundOpen open = open();
    coordinator.says(open);
    coordinator.script.add(result(open, coordinator.clients.getFirst()));
    coordinator.says(END);
    serve();
    assertThat(held).isPresent();
    assertThat(new HelperJournal(journal).completed(coordinator.federation(), "run-1")).isEmpty();

    coordinator.script.clear();
    coordinator.script.add(result(open, coordinator.coordinator));
    coordinator.says(END);
    serve();
    assertThat(held).isEmpty();
    assertThat(new HelperJournal(journal).completed(coordinator.federation(), "run-1")).isPresent();
  }

  @Test
  void aJournalThatCannotBeWrittenIsADiskFailureAndNoLostLink() throws Exception {
    coordinator.says(open());
    coordinator.onJoin = journal::close;
    assertFails(NodeException.Reason.DISK, "state_path");
  }

  @Test
  void whatIsNoMessageEndsTheKeyHolderNamingTheKind() throws Exception {
    for (String kind : List.of(Kinds.ROUND_OPEN, Kinds.SHARES, Kinds.COHORT, "hello-request")) {
      coordinator.script.clear();
      coordinator.script.add(new Envelope(kind, "", "null".getBytes(StandardCharsets.UTF_8)));
      assertFails(NodeException.Reason.REFUSED, kind);
    }
  }
}
