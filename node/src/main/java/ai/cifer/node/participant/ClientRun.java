package ai.cifer.node.participant;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.node.Access;
import ai.cifer.node.NodeException;
import ai.cifer.node.Plugins;
import ai.cifer.node.config.ClientConfig;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Federation;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Role;
import ai.cifer.secagg.client.ClientRole;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.journal.ClientJournal;
import ai.cifer.secagg.journal.FileJournal;
import ai.cifer.secagg.journal.HelperJournal;
import ai.cifer.secagg.round.RoundPolicy;
import ai.cifer.transport.Link;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/// A client from its configuration to the end of the run, over as many links as it takes.
public final class ClientRun {

  private final ClientConfig config;
  private final InstantSource clock;
  private final RunListener listener;

  public ClientRun(ClientConfig config, InstantSource clock, RunListener listener) {
    this.config = config;
    this.clock = clock;
    this.listener = listener;
  }

  /// @throws NodeException if it cannot take part, or not any more
  public Ending run() throws NodeException, InterruptedException {
    return run(NetworkAccess.of(config.coordinator(), config.credentials(), Role.CLIENT, clock));
  }

  /// @param access who this client is and how it gets to the coordinator; closed in the end
  /// @throws NodeException if it cannot take part, or not any more
  public Ending run(Access access) throws NodeException, InterruptedException {
    try (access) {
      return run(access, StateFolder.create(config.state()));
    }
  }

  private Ending run(Access access, Path state) throws NodeException, InterruptedException {
    try (Trainer trainer =
            Plugins.trainer(
                config.trainer(),
                config.dataset(),
                Dataset.Split.TRAIN,
                config.graph(),
                state,
                config.patience());
        FileJournal file = FileJournal.open(state.resolve("client.journal"));
        FileJournal helping = FileJournal.open(state.resolve("helper.journal"))) {
      return run(access, trainer, new ClientJournal(file), new HelperJournal(helping), state);
    } catch (IOException failure) {
      throw StateFolder.unusable(state, failure);
    }
  }

  private Ending run(
      Access access,
      Trainer trainer,
      ClientJournal journal,
      HelperJournal helperJournal,
      Path state)
      throws NodeException, InterruptedException {
    Identity identity = access.identity();
    long seed =
        config.seed().isPresent() ? config.seed().getAsLong() : new SecureRandom().nextLong();
    RoundPolicy policy = config.demands().policy(Federation.of(identity));
    ClientRole role =
        new ClientRole(
            CertificateEnrolment.signer(identity),
            policy,
            access.enrolment(),
            journal,
            helperJournal,
            config.allowRerun(),
            seed,
            state,
            new SecureRandom());
    try (HelperRole helper =
        new HelperRole(
            CertificateEnrolment.signer(identity),
            ai.cifer.secagg.identity.Role.CLIENT,
            policy,
            access.enrolment(),
            helperJournal,
            new SecureRandom())) {
      HelpingClient helping = new HelpingClient(helper, identity.name(), state, listener);
      return run(access, trainer, role, helping, seed, state);
    }
  }

  private Ending run(
      Access access, Trainer trainer, ClientRole role, HelpingClient helping, long seed, Path state)
      throws NodeException, InterruptedException {
    Connection connection = Connection.over(access, config.patience(), listener);
    try (HeldUpdate held = new HeldUpdate()) {
      StateMemory memory = StateMemory.in(state);
      return run(access.identity(), trainer, role, helping, seed, state, connection, held, memory);
    } catch (LocalFailure failure) {
      throw StateFolder.unusable(state, failure);
    }
  }

  private Ending run(
      Identity identity,
      Trainer trainer,
      ClientRole role,
      HelpingClient helping,
      long seed,
      Path state,
      Connection connection,
      HeldUpdate held,
      StateMemory memory)
      throws NodeException, InterruptedException {
    long examples = trainer.examples();
    while (true) {
      SharedInbox inbox = new SharedInbox(held::kept);
      Optional<Ending> ending;
      try (Link link = connection.open(inbox);
          inbox) {
        listener.on(new RunEvent.Joined(identity.name(), Role.CLIENT.word()));
        int keyed = helping.attend(link, inbox.helper());
        ending =
            new ClientSession(
                    link,
                    inbox.client(),
                    trainer,
                    examples,
                    config.demands().minExamples(examples),
                    role,
                    identity.name(),
                    seed,
                    state,
                    keyed,
                    held,
                    memory,
                    listener)
                .serve();
      } finally {
        helping.awaitEnd();
      }
      helping.requireWell();
      if (ending.isPresent()) {
        return ending.get();
      }
      connection.lost(inbox.isUsed());
    }
  }
}
