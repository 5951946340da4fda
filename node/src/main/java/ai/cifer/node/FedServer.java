package ai.cifer.node;

import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.coordinator.NetworkVenue;
import ai.cifer.node.coordinator.OperationsPort;
import ai.cifer.node.coordinator.ServerRun;
import ai.cifer.node.coordinator.StrategyChoice;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The coordinator: opens rounds, stores what it cannot read, publishes what the cohort adds up to.
///
/// ```java
/// try (var server = FedServer.fromConfig(Path.of("server.json"))) {
///   server.run(FedAvg.builder().dataPath(data).modelPath(model).build());
/// }
/// ```
public final class FedServer implements AutoCloseable {

  private final ServerConfig config;
  private final ServerRun run;
  private final List<RunListener> listeners = new ArrayList<>();
  private final Optional<OperationsPort> operations;

  private FedServer(ServerConfig config, Venue venue) throws NodeException {
    this.config = config;
    this.run =
        ServerRun.start(
            config,
            venue,
            InstantSource.system(),
            event -> listeners.forEach(listener -> listener.on(event)));
    this.operations = operations();
    operations.ifPresent(listeners::add);
  }

  private Optional<OperationsPort> operations() throws NodeException {
    if (config.metricsPort().isEmpty()) {
      return Optional.empty();
    }
    boolean started = false;
    try {
      OperationsPort port = OperationsPort.start(config.metricsPort().getAsInt(), run::portFigures);
      started = true;
      return Optional.of(port);
    } finally {
      if (!started) {
        run.close();
      }
    }
  }

  /// Listens at once; participants may connect before [#run].
  ///
  /// @throws NodeException if the file, an identity or the port is unusable
  public static FedServer fromConfig(Path file) throws NodeException {
    return fromConfig(file, Map.of());
  }

  /// @param overrides keys and values that go before the file's
  public static FedServer fromConfig(Path file, Map<String, String> overrides)
      throws NodeException {
    return of(ServerConfig.read(file, overrides));
  }

  /// From a configuration made in Java: [ServerConfig#builder()]; listens at once.
  ///
  /// @throws NodeException if an identity or the port is unusable
  public static FedServer of(ServerConfig config) throws NodeException {
    return of(config, new NetworkVenue(config, InstantSource.system()));
  }

  /// As [#of(ServerConfig)], where participants come another way than the configuration says.
  ///
  /// @throws NodeException if an identity is unusable or nobody could get there
  public static FedServer of(ServerConfig config, Venue venue) throws NodeException {
    return new FedServer(config, venue);
  }

  /// Has `listener` told what happens; call it before [#run].
  public FedServer listener(RunListener listener) {
    listeners.add(listener);
    return this;
  }

  /// The port that it listens on; 0 without a network.
  public int port() {
    return run.port();
  }

  /// The port of `/healthz`, `/readyz` and `/metrics`, if there is one.
  public OptionalInt metricsPort() {
    return operations.isPresent() ? OptionalInt.of(operations.get().number()) : OptionalInt.empty();
  }

  /// Runs the strategy that the config names, trained as the config says.
  ///
  /// @throws NodeException if the run cannot begin; how a begun run ended is in the result
  public RunResult run() throws NodeException, InterruptedException {
    return run.run(StrategyChoice.of(config));
  }

  /// Runs all rounds of the config with `strategy`, which says how clients train.
  ///
  /// @throws NodeException if the run cannot begin; how a begun run ended is in the result
  public RunResult run(Strategy strategy) throws NodeException, InterruptedException {
    return run.run(strategy);
  }

  /// Has [#run] return soon with [NodeException.Reason#INTERRUPTED]; participants wait, and the run
  /// goes on when it is run again. By any thread.
  public void stop() {
    run.stop();
  }

  /// Ends every link and frees the port.
  @Override
  public void close() {
    operations.ifPresent(OperationsPort::close);
    run.close();
  }
}
