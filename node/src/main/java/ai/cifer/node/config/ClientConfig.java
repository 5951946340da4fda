package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What a client is told.
///
/// @param coordinator where the coordinator listens
/// @param demands what it refuses a coordinator for
/// @param graph its own copy of the TorchScript graph that is trained
/// @param seed fixes the order of its examples and its rounding, for runs that are to be repeated;
///   drawn afresh when empty
/// @param state where it keeps what must survive a restart
/// @param allowRerun consent to a new run on a model that another run had already
public record ClientConfig(
    Address coordinator,
    Credentials credentials,
    Demands demands,
    Optional<Path> dataset,
    Optional<Path> model,
    Optional<Path> graph,
    TrainerChoice trainer,
    Duration patience,
    OptionalLong seed,
    Path state,
    boolean allowRerun,
    Map<String, String> ids) {

  static final Set<String> KEYS =
      Keys.union(
          Address.PARTICIPANT_KEYS,
          Credentials.KEYS,
          Participation.ID_KEYS,
          Demands.KEYS,
          TrainerChoice.KEYS,
          Set.of(
              "n_round_clients",
              "dataset_path",
              "model_path",
              "graph_path",
              "patience",
              "seed",
              "state_path",
              "allow_rerun"));

  /// Reads a file.
  ///
  /// @param overrides keys and values that go before the file's
  /// @throws NodeException if a key is unknown or a value out of range
  public static ClientConfig read(Path file, Map<String, String> overrides) throws NodeException {
    return from(Settings.read(file, overrides, KEYS));
  }

  /// Reads what a client is told that has no network: it needs neither address nor certificate.
  ///
  /// @param said keys and values as a person types them
  /// @throws NodeException if a key is unknown or a value out of range
  public static ClientConfig withoutNetwork(Map<String, String> said) throws NodeException {
    Settings settings = Settings.typed(said, KEYS);
    return from(settings.otherwise(Participation.withoutNetwork(settings)));
  }

  /// Whatever the file can say.
  public static ConfigBuilder<ClientConfig> builder() {
    return new ConfigBuilder<>(KEYS, ClientConfig::from);
  }

  private static ClientConfig from(Settings settings) throws NodeException {
    // Checked, not used: see there.
    Participation.roundClients(settings);
    return new ClientConfig(
        Address.from(settings, 1),
        Credentials.from(settings),
        Demands.from(settings),
        settings.path("dataset_path"),
        settings.path("model_path"),
        settings.path("graph_path"),
        TrainerChoice.from(settings),
        Participation.patience(settings),
        settings.has("seed")
            ? OptionalLong.of(settings.integer("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE))
            : OptionalLong.empty(),
        settings.path("state_path", "state"),
        settings.flag("allow_rerun", false),
        Participation.ids(settings));
  }
}
