package ai.cifer.simulation;

import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.Venue;
import ai.cifer.node.identity.Identity;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.transport.Endpoint;
import ai.cifer.transport.EndpointHandler;
import ai.cifer.transport.InProcessEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Where a simulated coordinator and its clients meet: it draws a sample of clients for each round
/// and has an engine do their work.
final class MemoryVenue implements Venue, AutoCloseable {

  private final SimulationPlan plan;
  private final SimulatedFederation federation;
  private final Engine engine;
  private final AtomicReference<@Nullable InProcessEndpoint> endpoint = new AtomicReference<>();
  private final AtomicReference<@Nullable NodeException> failure = new AtomicReference<>();

  /// What clients still do for an earlier round: each does one thing after the other.
  private final Map<String, CompletableFuture<Void>> running = new HashMap<>();

  private volatile Runnable stop = () -> {};
  private Optional<SampleLog> log = Optional.empty();

  MemoryVenue(SimulationPlan plan, SimulatedFederation federation) {
    this.plan = plan;
    this.federation = federation;
    this.engine =
        new LocalEngine(
            federation, () -> Objects.requireNonNull(endpoint.get(), "endpoint"), plan.threads());
  }

  /// Has `stop` called when a client cannot do its work.
  void onFailure(Runnable stop) {
    this.stop = stop;
  }

  /// Why a client could not do its work.
  Optional<NodeException> failure() {
    return Optional.ofNullable(failure.get());
  }

  /// Keeps samples in a run's folder from now on.
  ///
  /// @throws UncheckedIOException if the disk does not take it
  void record(Path run) {
    log = Optional.of(SampleLog.create(run, plan));
  }

  @Override
  public Identity identity() {
    return federation.coordinator();
  }

  @Override
  public Enrolment enrolment(Identity identity) {
    return federation.enrolment();
  }

  @Override
  public Endpoint open(Identity identity, EndpointHandler handler) {
    InProcessEndpoint opened = InProcessEndpoint.start(handler);
    endpoint.set(opened);
    return opened;
  }

  /// Nobody comes back who is lost.
  @Override
  public Duration grace(Duration usual) {
    return Duration.ZERO;
  }

  @Override
  public boolean invites() {
    return true;
  }

  @Override
  public Set<String> invite(int round) {
    Sample sample =
        Sample.draw(
            plan.data().size(),
            plan.server().roundClients(),
            plan.failures(),
            plan.server().seed(),
            round);
    log.ifPresent(samples -> samples.add(round, sample));
    Set<String> names = new TreeSet<>();
    running.values().removeIf(CompletableFuture::isDone);
    sample
        .fates()
        .forEach((number, fate) -> {
          ClientTask task = plan.task(number, round, fate);
          names.add(task.client());
          running.merge(task.client(), start(task), (before, _) -> before);
        });
    return names;
  }

  private CompletableFuture<Void> start(ClientTask task) {
    CompletableFuture<Void> before = running.remove(task.client());
    CompletableFuture<Void> done =
        before == null
            ? engine.start(task)
            : before.handle((_, _) -> task).thenCompose(engine::start);
    return done.whenComplete((_, thrown) -> {
      if (thrown != null) {
        failed(task, thrown);
      }
    });
  }

  private void failed(ClientTask task, Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    Reason reason =
        cause instanceof NodeException known
            ? known.reason()
            : cause instanceof IOException ? Reason.DISK : Reason.ROUND_ABORTED;
    String message =
        "%s in round %d: %s".formatted(task.client(), task.round(), cause.getMessage());
    if (failure.compareAndSet(null, new NodeException(reason, message, cause))) {
      stop.run();
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
