package ai.cifer.node.participant;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.node.NodeException;
import ai.cifer.node.identity.Role;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.Link;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// What clients and helpers do alike: say that they are ready, answer what comes over a link until
/// the run or the link ends, and find a new link as long as the run goes on.
///
/// @param name the participant's own
/// @param state the participant's state folder, for messages
record Conversation(String name, Role role, Path state, RunListener listener) {

  /// Holds one conversation over a link.
  @FunctionalInterface
  interface Session {
    /// @return how the run ended; empty if the link was lost before
    Optional<Ending> serve(Link link, Inbox inbox) throws NodeException, InterruptedException;
  }

  /// Holds conversations over as many links as it takes.
  Ending untilTheRunEnds(Connection connection, Session session)
      throws NodeException, InterruptedException {
    while (true) {
      Inbox inbox = new Inbox();
      try (Link link = connection.open(inbox);
          inbox) {
        listener.on(new RunEvent.Joined(name, role.word()));
        Optional<Ending> ending = session.serve(link, inbox);
        if (ending.isPresent()) {
          return ending.get();
        }
      }
      connection.lost(inbox.isUsed());
    }
  }

  /// @param join what is said first; nothing if somebody else said it over this link
  /// @param answer what is done with an envelope; gives the end of the run if it is the goodbye
  /// @return how the run ended; empty if the link was lost before
  /// @throws NodeException if the disk fails, or the coordinator sends what is no message: trying
  ///   again would not help
  Optional<Ending> over(
      Link link,
      Inbox inbox,
      Optional<ControlMessage.Join> join,
      Malformed.Receiver<Optional<Ending>> answer)
      throws NodeException, InterruptedException {
    try {
      if (join.isPresent()) {
        link.send(join.get().envelope());
      }
      while (true) {
        switch (inbox.take()) {
          case Inbox.Item.Closed(String reason) -> {
            lost(reason);
            return Optional.empty();
          }
          case Inbox.Item.Arrived(Envelope envelope) -> {
            Optional<Ending> ending = Malformed.refused(envelope, answer);
            if (ending.isPresent()) {
              return ending;
            }
          }
        }
      }
    } catch (LocalFailure failure) {
      throw StateFolder.unusable(state, failure);
    } catch (IOException lost) {
      // The goodbye may be among what came before, and nobody may be there to say it again.
      Optional<Ending> ending = inbox.lastWords();
      if (ending.isEmpty()) {
        lost(String.valueOf(lost.getMessage()));
      }
      return ending;
    }
  }

  private void lost(String reason) {
    listener.on(new RunEvent.Left("coordinator", "coordinator", reason));
  }
}
