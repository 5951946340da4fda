package ai.cifer.simulation;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.node.FedServer;
import ai.cifer.node.NodeException;
import ai.cifer.node.RunResult;
import ai.cifer.node.config.ServerConfig;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A run with many clients on this machine: the real coordinator, the real clients and the real
/// encryption, over links in memory.
///
/// ```java
/// ServerConfig config = ServerConfig.withoutNetwork(Optional.of(Path.of("server.json")), Map.of());
/// RunResult result = Simulation.of(new SimulationPlan(config, files, Failures.NONE, 2, state)).run();
/// ```
///
/// The model depends on the configuration, the files and the seeds alone, not on threads or times:
/// the same simulation gives the same bits.
public final class Simulation {

  private final SimulationPlan plan;
  private final List<RunListener> listeners = new ArrayList<>();

  private Simulation(SimulationPlan plan) {
    this.plan = plan;
  }

  /// @throws NodeException if the plan cannot be carried out
  public static Simulation of(SimulationPlan plan) throws NodeException {
    plan.requireFit();
    return new Simulation(plan);
  }

  /// Has `listener` told what happens; call it before [#run].
  public Simulation listener(RunListener listener) {
    listeners.add(listener);
    return this;
  }

  /// Runs the strategy that the configuration names.
  ///
  /// @throws NodeException if the run cannot begin, or a client cannot do its work
  public RunResult run() throws NodeException, IOException, InterruptedException {
    return run(Optional.empty());
  }

  /// Runs a strategy.
  ///
  /// @throws NodeException if the run cannot begin, or a client cannot do its work
  public RunResult run(Strategy strategy) throws NodeException, IOException, InterruptedException {
    return run(Optional.of(strategy));
  }

  private RunResult run(Optional<Strategy> strategy)
      throws NodeException, IOException, InterruptedException {
    ServerConfig config = plan.server();
    try (WorkFolder _ = WorkFolder.beside(plan);
        SimulatedFederation federation = new SimulatedFederation(InstantSource.system());
        MemoryVenue venue = new MemoryVenue(plan, federation);
        FedServer server = FedServer.of(config, venue)) {
      venue.onFailure(server::stop);
      server.listener(event -> record(event, venue));
      listeners.forEach(server::listener);
      RunResult result = strategy.isPresent() ? server.run(strategy.get()) : server.run();
      Optional<NodeException> failure = venue.failure();
      if (failure.isPresent()) {
        throw failure.get();
      }
      return result;
    }
  }

  private void record(RunEvent event, MemoryVenue venue) {
    if (event instanceof RunEvent.RunStarted started) {
      venue.record(plan.server().runs().resolve(started.run()));
    }
  }
}
