package ai.cifer.node;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.node.config.ClientConfig;
import ai.cifer.node.participant.ClientRun;
import ai.cifer.node.participant.Ending;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// A participant with data: trains in every round that its own policy accepts and sends protected
/// updates.
///
/// ```java
/// CiferClient.fromConfig(Path.of("config.json")).run();
/// ```
public final class CiferClient {

  private final ClientConfig config;
  private final Optional<Access> access;
  private RunListener listener = event -> {};

  private CiferClient(ClientConfig config, Optional<Access> access) {
    this.config = config;
    this.access = access;
  }

  /// @throws NodeException if the file is missing or malformed
  public static CiferClient fromConfig(Path file) throws NodeException {
    return fromConfig(file, Map.of());
  }

  /// @param overrides keys and values that go before the file's
  public static CiferClient fromConfig(Path file, Map<String, String> overrides)
      throws NodeException {
    return of(ClientConfig.read(file, overrides));
  }

  /// From a configuration made in Java: [ClientConfig#builder()].
  public static CiferClient of(ClientConfig config) {
    return new CiferClient(config, Optional.empty());
  }

  /// As [#of(ClientConfig)], with another identity and way to the coordinator than the
  /// configuration says; it is closed when the client has run.
  public static CiferClient of(ClientConfig config, Access access) {
    return new CiferClient(config, Optional.of(access));
  }

  /// Has `listener` told what happens; call it before [#run].
  public CiferClient listener(RunListener listener) {
    this.listener = listener;
    return this;
  }

  /// Takes part until the run ends, reconnecting when the link is lost.
  ///
  /// @return how the run ended
  /// @throws NodeException if it cannot take part, or the run ended early
  public Ending run() throws NodeException, InterruptedException {
    ClientRun client = new ClientRun(config, InstantSource.system(), listener);
    Ending ending = access.isPresent() ? client.run(access.get()) : client.run();
    listener.on(
        new RunEvent.RunEnded(
            "",
            ending.completed(),
            ending.reason().isEmpty() ? Optional.empty() : Optional.of(ending.reason())));
    return ending;
  }
}
