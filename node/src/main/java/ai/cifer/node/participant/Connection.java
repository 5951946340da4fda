package ai.cifer.node.participant;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.transport.GrpcLink;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkHandler;
import ai.cifer.transport.LinkRefused;
import ai.cifer.transport.TlsIdentity;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/// Finds the coordinator, trying again while it is not there.
final class Connection {

  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  private final URI coordinator;
  private final TlsIdentity identity;
  private final Duration patience;
  private final RunListener listener;

  Connection(URI coordinator, TlsIdentity identity, Duration patience, RunListener listener) {
    this.coordinator = coordinator;
    this.identity = identity;
    this.patience = patience;
    this.listener = listener;
  }

  /// Opens a link. An unreachable coordinator is tried again, less and less often, until the
  /// patience is over; one that refuses is not: asking again would not change its mind.
  Link open(LinkHandler handler) throws NodeException, InterruptedException {
    long start = System.nanoTime();
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      try {
        return GrpcLink.open(coordinator, identity, handler);
      } catch (LinkRefused refused) {
        switch (refused.reason()) {
          case UNREACHABLE -> waitOrGiveUp(refused, start, pause);
          case TLS -> throw new NodeException(Reason.WRONG_AUTHORITY, refused);
          case DECLINED ->
              throw new NodeException(
                  Reason.REFUSED,
                  "coordinator %s refused: %s".formatted(coordinator, refused.getMessage()),
                  refused);
        }
      } catch (IOException lost) {
        waitOrGiveUp(lost, start, pause);
      }
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }
  }

  private void waitOrGiveUp(IOException failure, long start, long pause)
      throws NodeException, InterruptedException {
    Duration left = patience.minusNanos(System.nanoTime() - start);
    if (left.toMillis() < pause) {
      throw new NodeException(
          Reason.COORDINATOR_UNREACHABLE,
          "coordinator %s not reached in %d s: %s (start it with: cifer server --config FILE, or check base_api and port)"
              .formatted(coordinator, patience.toSeconds(), failure.getMessage()),
          failure);
    }
    listener.on(
        new RunEvent.Waiting(
            0,
            "%s; trying again in %.1f s, for %d s more"
                .formatted(failure.getMessage(), pause / 1000.0, left.toSeconds())));
    Thread.sleep(pause);
  }
}
