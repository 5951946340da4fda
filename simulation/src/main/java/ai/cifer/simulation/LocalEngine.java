package ai.cifer.simulation;

import ai.cifer.node.Access;
import ai.cifer.node.CiferClient;
import ai.cifer.node.NodeException;
import ai.cifer.node.config.ClientConfig;
import ai.cifer.node.identity.Identity;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.transport.InProcessEndpoint;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkHandler;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// Clients as threads of this process, a fixed number of which work at a time.
final class LocalEngine implements Engine {

  private final SimulatedFederation federation;
  private final Supplier<InProcessEndpoint> endpoint;
  private final Semaphore places;

  /// Platform threads, since PyTorch needs them; kept from round to round.
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().name("cifer-simulated-", 0).daemon().factory());

  /// @param endpoint of the coordinator, once it is there
  /// @param places how many clients train and encrypt at a time
  LocalEngine(SimulatedFederation federation, Supplier<InProcessEndpoint> endpoint, int places) {
    this.federation = federation;
    this.endpoint = endpoint;
    this.places = new Semaphore(places, true);
  }

  @Override
  public CompletableFuture<Void> start(ClientTask task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    threads.execute(() -> run(task, done));
    return done;
  }

  private void run(ClientTask task, CompletableFuture<Void> done) {
    AtomicBoolean lost = new AtomicBoolean();
    try {
      Access access = new MemoryAccess(federation.client(task.client()), task.fate(), lost);
      var _ = CiferClient.of(ClientConfig.withoutNetwork(task.config()), access).run();
      done.complete(null);
    } catch (NodeException failure) {
      if (lost.get()) {
        done.complete(null);
      } else {
        done.completeExceptionally(failure);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      done.completeExceptionally(interrupted);
    } catch (IOException | RuntimeException failure) {
      done.completeExceptionally(failure);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  /// A client's way to the coordinator in the same process.
  private final class MemoryAccess implements Access {
    private final Identity identity;
    private final Fate fate;
    private final AtomicBoolean lost;

    MemoryAccess(Identity identity, Fate fate, AtomicBoolean lost) {
      this.identity = identity;
      this.fate = fate;
      this.lost = lost;
    }

    @Override
    public Identity identity() {
      return identity;
    }

    @Override
    public Enrolment enrolment() {
      return federation.enrolment();
    }

    @Override
    public String coordinator() {
      return "in this process";
    }

    @Override
    public Link open(LinkHandler handler) throws IOException {
      return SimulatedLink.open(
          inner -> endpoint.get().connect(identity.participant().certificate(), inner),
          handler,
          fate.moment(),
          places,
          lost);
    }

    /// The identity is the federation's, for later rounds.
    @Override
    public void close() {}
  }
}
