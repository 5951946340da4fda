package ai.cifer.cli;

import ai.cifer.node.FedServer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets a coordinator that is asked to end (SIGTERM, Ctrl-C) end in order: what it has taken in is
/// on the disk, and participants learn that they may wait.
final class Drain implements AutoCloseable {
  /// Service managers kill after longer; what is not done by then, a kill does not harm either.
  private static final long SECONDS = 10;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook;

  private Drain(FedServer server) {
    hook =
        Thread.ofPlatform()
            .unstarted(() -> {
              server.stop();
              try {
                ended.await(SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
              }
            });
  }

  static Drain of(FedServer server) {
    Drain drain = new Drain(server);
    Runtime.getRuntime().addShutdownHook(drain.hook);
    return drain;
  }

  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // It runs.
    }
  }
}
