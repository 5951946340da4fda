package ai.cifer.node.participant;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.node.Access;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkHandler;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;

/// Finds the coordinator, trying again while it is not there and when a link is lost.
///
/// Links over which nothing came count as attempts: a coordinator that takes everybody in and drops
/// them at once is not there either. There is a pause before every further attempt, and it grows as
/// long as links live for less than a second, so that such a coordinator is not hammered.
final class Connection {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration SHORT_LIFE = Duration.ofSeconds(1);

  /// Opens a link once.
  @FunctionalInterface
  interface Opener {
    Link open(LinkHandler handler) throws IOException;
  }

  private final String coordinator;
  private final Opener opener;
  private final Duration patience;
  private final RunListener listener;

  /// When the first of the attempts failed of which none was good; what comes before, such as
  /// loading the classes of a first attempt, is nobody's absence.
  private OptionalLong firstFailure = OptionalLong.empty();

  private long openedNanos;
  private Duration pause = FIRST_PAUSE;

  static Connection over(Access access, Duration patience, RunListener listener) {
    return new Connection(access.coordinator(), access::open, patience, listener);
  }

  Connection(String coordinator, Opener opener, Duration patience, RunListener listener) {
    this.coordinator = coordinator;
    this.opener = opener;
    this.patience = patience;
    this.listener = listener;
  }

  /// Opens a link. An unreachable coordinator is tried again, less and less often, until the
  /// patience is over; one that refuses is not: asking again would not change its mind.
  Link open(LinkHandler handler) throws NodeException, InterruptedException {
    while (true) {
      try {
        Link link = opener.open(handler);
        openedNanos = System.nanoTime();
        return link;
      } catch (LinkRefused refused) {
        switch (refused.reason()) {
          case UNREACHABLE -> waitOrGiveUp(refused);
          case TLS -> throw new NodeException(Reason.WRONG_AUTHORITY, refused);
          case DECLINED, NOT_NEEDED ->
              throw new NodeException(
                  Reason.REFUSED,
                  "coordinator %s refused: %s".formatted(coordinator, refused.getMessage()),
                  refused);
        }
      } catch (IOException lost) {
        waitOrGiveUp(lost);
      }
    }
  }

  /// Has to be told when a link was lost, before the next [#open].
  ///
  /// @param used whether anything came over it that not everybody gets who connects
  void lost(boolean used) throws NodeException, InterruptedException {
    long now = System.nanoTime();
    Duration lived = Duration.ofNanos(now - openedNanos);
    if (used || lived.compareTo(patience) >= 0) {
      firstFailure = OptionalLong.empty();
    }
    if (lived.compareTo(SHORT_LIFE) >= 0) {
      pause = FIRST_PAUSE;
    }
    waitOrGiveUp(new IOException("the link was lost after %d ms".formatted(lived.toMillis())));
  }

  private void waitOrGiveUp(IOException failure) throws NodeException, InterruptedException {
    long now = System.nanoTime();
    long first = firstFailure.orElse(now);
    firstFailure = OptionalLong.of(first);
    Duration left = patience.minusNanos(now - first);
    if (!left.isPositive()) {
      throw new NodeException(
          Reason.COORDINATOR_UNREACHABLE,
          "coordinator %s not reached in %d s: %s (start it with: cifer server --config FILE, or check base_api and port)"
              .formatted(coordinator, patience.toSeconds(), failure.getMessage()),
          failure);
    }
    Duration rest = pause.compareTo(left) < 0 ? pause : left;
    listener.on(
        new RunEvent.Waiting(
            0,
            "%s; trying again in %.1f s, for %d s more"
                .formatted(failure.getMessage(), rest.toMillis() / 1000.0, left.toSeconds())));
    Thread.sleep(rest);
    pause = pause.multipliedBy(2);
    if (pause.compareTo(LONGEST_PAUSE) > 0) {
      pause = LONGEST_PAUSE;
    }
  }
}
