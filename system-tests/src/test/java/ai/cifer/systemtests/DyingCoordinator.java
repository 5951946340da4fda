package ai.cifer.systemtests;

import ai.cifer.node.FedServer;
import ai.cifer.node.NodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A coordinator that is killed with SIGKILL at a moment, and exactly then: it does nothing more
/// once its listener was told.
public final class DyingCoordinator {

  private DyingCoordinator() {}

  /// @param words the configuration, the file that gets the port, the moment, and how often it has
  ///   to come
  public static void main(String[] words) throws NodeException, IOException, InterruptedException {
    CoordinatorMoment moment = CoordinatorMoment.valueOf(words[2]);
    AtomicInteger left = new AtomicInteger(Integer.parseInt(words[3]));
    try (FedServer server = FedServer.fromConfig(Path.of(words[0]), Map.of())) {
      server.listener(event -> {
        if (moment.is(event) && left.decrementAndGet() == 0) {
          killThisProcess();
        }
      });
      Path part = Path.of(words[1] + ".part");
      Files.writeString(part, Integer.toString(server.port()));
      Files.move(part, Path.of(words[1]));
      server.run();
    }
  }

  private static void killThisProcess() {
    try {
      new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid())).start();
      new CountDownLatch(1).await();
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
