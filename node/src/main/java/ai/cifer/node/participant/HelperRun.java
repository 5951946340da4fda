package ai.cifer.node.participant;

import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.node.Access;
import ai.cifer.node.NodeException;
import ai.cifer.node.config.KeyHolderConfig;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Federation;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Role;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.journal.FileJournal;
import ai.cifer.secagg.journal.HelperJournal;
import ai.cifer.secagg.round.RoundPolicy;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A key holder from its configuration to the end of the run, over as many links as it takes.
public final class HelperRun {

  private final KeyHolderConfig config;
  private final InstantSource clock;
  private final RunListener listener;

  public HelperRun(KeyHolderConfig config, InstantSource clock, RunListener listener) {
    this.config = config;
    this.clock = clock;
    this.listener = listener;
  }

  /// @throws NodeException if it cannot take part, or not any more
  public Ending run() throws NodeException, InterruptedException {
    Path state = StateFolder.create(config.state());
    try (Access access =
            NetworkAccess.of(config.coordinator(), config.credentials(), Role.KEY_HOLDER, clock);
        FileJournal file = FileJournal.open(state.resolve("key-holder.journal"))) {
      Identity identity = access.identity();
      RoundPolicy policy =
          RoundPolicy.of(Federation.of(identity), config.encryption())
              .withMinClients(config.kMin());
      try (HelperRole role =
          new HelperRole(
              CertificateEnrolment.signer(identity),
              ai.cifer.secagg.identity.Role.KEY_HOLDER,
              policy,
              access.enrolment(),
              new HelperJournal(file),
              new SecureRandom())) {
        return run(access, role);
      }
    } catch (IOException failure) {
      throw StateFolder.unusable(state, failure);
    }
  }

  private Ending run(Access access, HelperRole role) throws NodeException, InterruptedException {
    Connection connection = Connection.over(access, config.patience(), listener);
    String name = access.identity().name();
    // It outlives a lost link: its keys exist in this process only.
    AtomicReference<@Nullable VerifiedRound> round = new AtomicReference<>();
    return new Conversation(name, Role.KEY_HOLDER, config.state(), listener)
        .untilTheRunEnds(
            connection,
            (link, inbox) -> {
              HelperSession session =
                  new HelperSession(
                      link,
                      inbox,
                      role,
                      false,
                      name,
                      config.state(),
                      Optional.ofNullable(round.get()),
                      listener);
              Optional<Ending> ending = session.serve();
              round.set(session.round().orElse(null));
              return ending;
            });
  }
}
