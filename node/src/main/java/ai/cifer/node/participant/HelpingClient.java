package ai.cifer.node.participant;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.node.NodeException;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.Link;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The helper in a client's process, on a thread of its own: while the client trains it answers
/// what others need.
final class HelpingClient {

  private final HelperRole role;
  private final String name;
  private final Path state;
  private final RunListener listener;
  private Optional<VerifiedRound> round = Optional.empty();
  private @Nullable HelperSession session;
  private @Nullable Thread thread;
  private volatile @Nullable NodeException failure;

  HelpingClient(HelperRole role, String name, Path state, RunListener listener) {
    this.role = role;
    this.name = name;
    this.state = state;
    this.listener = listener;
  }

  /// Begins to help over a link, until it is closed.
  ///
  /// @return the round of which this process holds the key; 0 for none
  int attend(Link link, Inbox inbox) {
    int keyed = role.keyedRound();
    HelperSession next = new HelperSession(link, inbox, role, true, name, state, round, this::told);
    session = next;
    thread = Thread.ofPlatform().name("cifer-helper").daemon().start(() -> run(next, link));
    return keyed;
  }

  /// How rounds begin and end the client tells.
  private void told(RunEvent event) {
    if (event instanceof RunEvent.Advanced) {
      listener.on(event);
    }
  }

  private void run(HelperSession session, Link link) {
    try {
      session.attend();
    } catch (NodeException broken) {
      failure = broken;
      link.close();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException unexpected) {
      failure =
          new NodeException(
              NodeException.Reason.ROUND_ABORTED,
              "internal failure of the helper: " + unexpected,
              unexpected);
      link.close();
    }
  }

  /// Waits for the last step over a link that is closed.
  void awaitEnd() throws InterruptedException {
    Thread running = thread;
    if (running != null) {
      running.join();
    }
    HelperSession ended = session;
    if (ended != null) {
      round = ended.round();
    }
  }

  /// @throws NodeException if helping failed in a way that trying again would not cure
  void requireWell() throws NodeException {
    NodeException broken = failure;
    if (broken != null) {
      throw broken;
    }
  }
}
