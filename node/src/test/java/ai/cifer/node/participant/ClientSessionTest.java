package ai.cifer.node.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.node.NodeException;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.client.ClientRole;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.journal.ClientJournal;
import ai.cifer.secagg.journal.FileJournal;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.HelperTrust;
import ai.cifer.secagg.round.RoundPolicy;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.Link;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A client with a real role, journal and identity, and a coordinator that misbehaves.
@Timeout(60)
class ClientSessionTest {
  private static final ControlMessage.RunEnd END = new ControlMessage.RunEnd(1, "");

  @TempDir Path folder;
  private ScriptedCoordinator coordinator;
  private FileJournal journal;

  @BeforeEach
  void enrol() throws IOException {
    coordinator = new ScriptedCoordinator(folder);
    journal = FileJournal.open(coordinator.state().resolve("client.journal"));
  }

  @AfterEach
  void close() throws IOException {
    journal.close();
    coordinator.close();
  }

  /// Trains to zeros, or not at all.
  private static class StillTrainer implements Trainer {
    private final Optional<String> failure;

    StillTrainer(Optional<String> failure) {
      this.failure = failure;
    }

    @Override
    public long examples() {
      return 10;
    }

    @Override
    public ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress)
        throws TrainingException {
      if (failure.isPresent()) {
        throw new TrainingException(failure.get());
      }
      return new ClientUpdate(Tensors.allocate(global.tensors().layout()), 10);
    }

    @Override
    public Metrics evaluate(GlobalModel global, TrainOptions options, Progress progress) {
      return new Metrics(10, 0, 0);
    }

    @Override
    public void close() {}
  }

  private Optional<Ending> serve() throws Exception {
    return serve(new StillTrainer(Optional.empty()));
  }

  private Optional<Ending> serve(Trainer trainer) throws Exception {
    try (HeldUpdate held = new HeldUpdate()) {
      return serve(trainer, held, StateMemory.in(coordinator.state()));
    }
  }

  /// @param held and `memory` outlive a link
  private Optional<Ending> serve(Trainer trainer, HeldUpdate held, StateMemory memory)
      throws Exception {
    var self = coordinator.clients.getFirst();
    RoundPolicy demanded = RoundPolicy.of(coordinator.federation(), EncryptionMode.NONE);
    ClientRole role =
        new ClientRole(
            CertificateEnrolment.signer(self),
            new RoundPolicy(
                coordinator.federation(),
                3,
                EnumSet.allOf(EncryptionMode.class),
                demanded.parameters(),
                HelperTrust.MALICIOUS_THIRD,
                1,
                Optional.empty(),
                true,
                0),
            new CertificateEnrolment(self, InstantSource.system()),
            new ClientJournal(journal),
            (federation, run) -> Optional.empty(),
            false,
            7,
            coordinator.state(),
            new SecureRandom());
    Inbox inbox = new Inbox();
    try (Link link = coordinator.connect(self, inbox);
        inbox) {
      return new ClientSession(
              link,
              inbox,
              trainer,
              10,
              5,
              role,
              self.name(),
              7,
              coordinator.state(),
              0,
              held,
              memory,
              coordinator.events::add)
          .serve();
    }
  }

  private void assertFails(NodeException.Reason reason, String part) {
    assertThatThrownBy(this::serve)
        .isInstanceOfSatisfying(
            NodeException.class, failure -> assertThat(failure.reason()).isEqualTo(reason))
        .hasMessageContaining(part);
  }

  @Test
  void aRoundThatIsOverIsNoLostLink_theNextOneIsTakenPartIn() throws Exception {
    coordinator.declined.add("model.1");
    coordinator.declined.add("segment.2.0.0");
    coordinator.says(coordinator.open(1));
    coordinator.says(coordinator.open(2));
    coordinator.says(coordinator.open(3));
    coordinator.says(END);
    assertThat(serve()).contains(new Ending(1, ""));
    assertThat(coordinator.uploads).containsExactly("segment.3.0.0");
    assertThat(coordinator.received(ControlMessage.Withdraw.class))
        .extracting(ControlMessage.Withdraw::round)
        .containsExactly(1, 2);
    assertThat(coordinator.received(ControlMessage.Report.class))
        .extracting(ControlMessage.Report::round)
        .containsExactly(3);
  }

  /// It finds out while it uploads that the link is gone; the goodbye waits in its inbox.
  @Test
  void aGoodbyeDuringTraining_isReadAlthoughTheLinkIsGone() throws Exception {
    coordinator.says(coordinator.open(1));
    coordinator.says(END);
    coordinator.hangsUp = true;
    Trainer slow =
        new StillTrainer(Optional.empty()) {
          @Override
          public ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress)
              throws TrainingException {
            try {
              coordinator.hungUp.await();
            } catch (InterruptedException interrupted) {
              Thread.currentThread().interrupt();
            }
            return super.train(global, config, progress);
          }
        };
    assertThat(serve(slow)).contains(new Ending(1, ""));
  }

  @Test
  void aJournalThatCannotBeWrittenIsADiskFailureAndNoLostLink() throws Exception {
    coordinator.says(coordinator.open(1));
    coordinator.says(END);
    coordinator.onJoin = journal::close;
    assertFails(NodeException.Reason.DISK, "state_path");
  }

  @Test
  void aModelThatCannotBeStoredIsADiskFailureAndNoLostLink() throws Exception {
    Files.createDirectories(coordinator.state().resolve("model.f32").resolve("occupied"));
    coordinator.says(coordinator.open(1));
    coordinator.says(END);
    assertFails(NodeException.Reason.DISK, "state_path");
  }

  @Test
  void whatIsNoMessageEndsTheClientNamingTheKind() throws Exception {
    coordinator.script.add(
        new Envelope(Kinds.ROUND_OPEN, "", "garbage".getBytes(StandardCharsets.UTF_8)));
    assertFails(NodeException.Reason.REFUSED, "round-open");
    coordinator.script.clear();
    coordinator.script.add(new Envelope("run-end", "", "null".getBytes(StandardCharsets.UTF_8)));
    assertFails(NodeException.Reason.REFUSED, "run-end");
  }

  @Test
  void aBadKeyOfAHelperMakesTheClientWithdrawWithTheReason() throws Exception {
    HelperHello zero =
        new HelperHello(
                coordinator.federation(),
                "run-1",
                1,
                "keys",
                Bytes.zeros(32),
                Bytes.zeros(1184),
                Bytes.EMPTY)
            .signed(CertificateEnrolment.signer(coordinator.keyHolder));
    coordinator.says(
        coordinator.open(1, ScriptedCoordinator.LAYOUT, EncryptionMode.KEY_HOLDER, List.of(zero)));
    coordinator.says(END);
    assertThat(serve()).isPresent();
    assertThat(coordinator.received(ControlMessage.Withdraw.class))
        .singleElement()
        .satisfies(withdraw -> {
          assertThat(withdraw.round()).isEqualTo(1);
          assertThat(withdraw.reason()).contains("X25519 key: of small order");
        });
  }

  @Test
  void whyTrainingFailedStaysAtHome() throws Exception {
    coordinator.says(coordinator.open(1));
    String secret = "/data/patients.csv line 7: label HIV+";
    assertThatThrownBy(() -> serve(new StillTrainer(Optional.of(secret))))
        .isInstanceOf(NodeException.class)
        .hasMessageContaining(secret);
    assertThat(coordinator.events)
        .contains(new RunEvent.Advanced(1, new RoundEvent.ClientWithdrew("client-0", secret)));
    assertThat(coordinator.received(ControlMessage.Withdraw.class))
        .containsExactly(new ControlMessage.Withdraw(1, "training failed", false));
  }

  @Test
  void aSplitThatLeavesOneExample_isRefused_andHowManyStaysAtHome() throws Exception {
    coordinator.says(coordinator.open(1));
    coordinator.says(END);
    Trainer trainer =
        new StillTrainer(Optional.of("one example must not train")) {
          private long examples = 10;

          @Override
          public void prepare(Preprocessing preprocessing) {
            examples = 1;
          }

          @Override
          public long examples() {
            return examples;
          }
        };
    assertThat(serve(trainer)).isPresent();
    assertThat(coordinator.uploads).isEmpty();
    assertThat(coordinator.received(ControlMessage.Withdraw.class))
        .containsExactly(
            new ControlMessage.Withdraw(
                1, "too few examples would train (this participant's min_examples)", true));
    assertThat(coordinator.events)
        .anySatisfy(event ->
            assertThat(event.toString())
                .contains("examples: 1 of 10 would train (expected: >= 5, ")
                .contains("write \"min_examples\": 1 in this participant's file"));
  }

  /// What its owner said of its examples holds for those that the round says, not for those that
  /// the outline said.
  @Test
  void aMeasurementOfOneExample_isRefused() throws Exception {
    coordinator.says(
        coordinator.open(1, Statistics.architecture(1), new TrainConfig(0.1, 1, 1, 1)));
    coordinator.says(END);
    Trainer trainer =
        new StillTrainer(Optional.of("trains nothing")) {
          @Override
          public ClientUpdate measure(
              GlobalModel before, Preprocessing preprocessing, Progress progress) {
            return new ClientUpdate(Tensors.allocate(before.tensors().layout()), 1);
          }
        };
    assertThat(serve(trainer)).isPresent();
    assertThat(coordinator.uploads).isEmpty();
    assertThat(coordinator.received(ControlMessage.Withdraw.class))
        .containsExactly(new ControlMessage.Withdraw(1, TooFewExamples.REASON, true));
  }

  /// The update is in the sum, so what it left behind must count.
  @Test
  void aResultOverANewLink_isOfTheUpdateThatLeftOverTheOldOne() throws Exception {
    RoundOpen open =
        coordinator.open(
            1, "net", new TrainConfig(0.1, 1, 1, 1).withRule(new ClientRule.FedDyn(0.5)));
    Trainer trainer =
        new StillTrainer(Optional.empty()) {
          @Override
          public ClientUpdate trainCorrected(
              GlobalModel global, TrainConfig config, Tensors correction, Progress progress)
              throws TrainingException {
            return train(global, config, progress);
          }
        };
    StateMemory memory = StateMemory.in(coordinator.state());
    try (HeldUpdate held = new HeldUpdate()) {
      coordinator.hangsUpAfterUpdate = true;
      coordinator.says(open);
      assertThat(serve(trainer, held, memory)).isEmpty();
      assertThat(coordinator.uploads).containsExactly("segment.1.0.0");
      assertThat(memory.before("control", ScriptedCoordinator.LAYOUT)).isEmpty();

      coordinator.hangsUpAfterUpdate = false;
      coordinator.script.clear();
      coordinator.says(open, Bytes.zeros(32));
      coordinator.says(END);
      assertThat(serve(trainer, held, memory)).isPresent();
    }
    try (Tensors kept = memory.before("control", ScriptedCoordinator.LAYOUT).orElseThrow()) {
      assertThat(kept.layout()).isEqualTo(ScriptedCoordinator.LAYOUT);
    }
    assertThat(new ClientJournal(journal).completed(coordinator.federation(), "run-1"))
        .hasValueSatisfying(completed -> assertThat(completed.round()).isEqualTo(1));
  }

  @Test
  void aModelThatTheDiskHasNoRoomForIsNotDownloaded() throws Exception {
    long parameters = 1L << 40;
    assumeThat(Files.getFileStore(coordinator.state()).getUsableSpace())
        .isLessThan(Float.BYTES * parameters);
    ModelLayout huge = new ModelLayout(List.of(new TensorSpec("w", List.of(1 << 20, 1 << 20))));
    coordinator.declined.add("model.1");
    coordinator.says(coordinator.open(1, huge, EncryptionMode.NONE, List.of()));
    coordinator.says(END);
    assertThat(serve()).isPresent();
    assertThat(coordinator.received(ControlMessage.Withdraw.class))
        .containsExactly(
            new ControlMessage.Withdraw(
                1, "the model is larger than this client's disk has room for", false));
    assertThat(coordinator.events)
        .anySatisfy(event ->
            assertThat(event.toString())
                .contains("state_path", String.valueOf(Float.BYTES * parameters)));
  }
}
