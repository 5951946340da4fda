package ai.cifer.node.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.node.NodeException;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.BlockSource;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionTest {
  private final AtomicInteger opened = new AtomicInteger();

  /// What a coordinator gives that takes everybody in and drops them.
  private static final class DeadLink implements Link {
    @Override
    public void send(Envelope envelope) throws IOException {
      throw new IOException("closed");
    }

    @Override
    public byte[] upload(String stream, BlockSource source) throws IOException {
      throw new IOException("closed");
    }

    @Override
    public void download(String stream, BlockSink sink) throws IOException {
      throw new IOException("closed");
    }

    @Override
    public boolean isOpen() {
      return false;
    }

    @Override
    public void close() {}
  }

  private Connection connection(Duration patience) {
    return new Connection(
        "https://here:1",
        handler -> {
          opened.incrementAndGet();
          return new DeadLink();
        },
        patience,
        event -> {});
  }

  private static final LinkHandler HANDLER = new Inbox();

  /// A first attempt loads hundreds of classes; on a busy machine that took longer than a short
  /// patience, and nothing was tried again.
  @Test
  void thePatienceBeginsWithTheFirstFailureNotBeforeTheFirstAttempt() throws Exception {
    Duration patience = Duration.ofMillis(400);
    Connection connection =
        new Connection(
            "https://here:1",
            handler -> {
              if (opened.incrementAndGet() == 1) {
                LockSupport.parkNanos(2 * patience.toNanos());
                throw new IOException("slow, then refused");
              }
              return new DeadLink();
            },
            patience,
            event -> {});
    connection.open(HANDLER).close();
    assertThat(opened).hasValue(2);
  }

  @Test
  void aCoordinatorThatDropsEveryLinkIsNotHammeredAndGivenUp() {
    Connection connection = connection(Duration.ofMillis(1500));
    assertThatThrownBy(
            () -> {
              while (true) {
                connection.open(HANDLER).close();
                connection.lost(false);
              }
            })
        .isInstanceOfSatisfying(
            NodeException.class,
            failure ->
                assertThat(failure.reason())
                    .isEqualTo(NodeException.Reason.COORDINATOR_UNREACHABLE));
    // 250, 500 and 750 ms, then the patience is over.
    assertThat(opened).hasValueBetween(2, 4);
  }

  @Test
  void aCoordinatorThatSaysSomethingIsNotGivenUpButNotHammeredEither() throws Exception {
    Connection connection = connection(Duration.ofMillis(600));
    long start = System.nanoTime();
    for (int i = 0; i < 4; i++) {
      connection.open(HANDLER).close();
      connection.lost(true);
    }
    // 250 ms, then the patience each time.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1900));
  }
}
