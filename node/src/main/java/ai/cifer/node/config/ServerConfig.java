package ai.cifer.node.config;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.node.NodeException;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.ClipRule;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.plan.Profile;
import ai.cifer.secagg.round.HelperTrust;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What a coordinator is told.
///
/// @param address where it listens
/// @param credentials who it is
/// @param roundClients how many clients take part in a round at most, `n_round_clients`
/// @param minClients fewer than this in a sum make the round void
/// @param rounds how many rounds with a result the run has
/// @param encryption who can open an update
/// @param quantise whether unencrypted updates are rounded like encrypted ones, so that both give
///   the same model bit for bit
/// @param trust how many helpers are needed to open a sum
/// @param profile the parameters of encryption, and with them the bits of a value
/// @param clip values of an update are cut to `[-clip, clip]` before they are quantised
/// @param strategy how the next model comes from what the clients send
/// @param learningRate how clients train, where the strategy of the caller does not say
/// @param options how every participant makes a step of training
/// @param evaluateClients whether clients measure the model on their data, too
/// @param privacy how clients protect their updates by differential privacy
/// @param preprocessing how every participant turns its data into examples
/// @param dataset what the global model is evaluated on
/// @param model the initial model
/// @param graph the TorchScript graph or Keras network of a model whose file names none
/// @param trainer what evaluates
/// @param patience whoever makes no progress for so long is given up
/// @param roundLimit whoever has not sent its segments so long after a round began is given up, too
/// @param seed fixes the run's training randomness
/// @param runs the folder under which each run gets its own
/// @param run the run's id; chosen from the clock when empty
/// @param segmentParameters values in one segment of the model
/// @param weightCap the most examples that one client counts for
/// @param maxAttempts how often a segment is tried in a round
/// @param partialRounds whether a round goes on without a segment that fails for good
/// @param metricsPort where `/healthz`, `/readyz` and `/metrics` are asked for on this machine
/// @param ids project, company and client, decoded; participants' certificates must name the
///   project
public record ServerConfig(
    Address address,
    Credentials credentials,
    int roundClients,
    int minClients,
    int rounds,
    EncryptionMode encryption,
    boolean quantise,
    HelperTrust trust,
    Profile profile,
    ClipRule clip,
    StrategyConfig strategy,
    double learningRate,
    int batchSize,
    int localEpochs,
    TrainOptions options,
    boolean evaluateClients,
    Optional<UpdatePrivacy> privacy,
    Preprocessing preprocessing,
    Optional<Path> dataset,
    Optional<ModelPlace> model,
    Optional<Path> graph,
    TrainerChoice trainer,
    Duration patience,
    Optional<Duration> roundLimit,
    long seed,
    Path runs,
    Optional<String> run,
    long segmentParameters,
    int weightCap,
    int maxAttempts,
    boolean partialRounds,
    OptionalInt metricsPort,
    Map<String, String> ids) {

  static final Set<String> KEYS =
      Keys.union(
          Address.KEYS,
          Credentials.KEYS,
          Participation.ID_KEYS,
          Participation.ENCRYPTION_KEYS,
          TrainerChoice.KEYS,
          StrategyConfig.KEYS,
          TrainOptionSettings.KEYS,
          ModelPlace.KEYS,
          Set.of(PrivacySettings.KEY),
          Set.of(
              "n_round_clients",
              "min_clients",
              "k_min",
              "rounds",
              "quantise",
              "threshold",
              "profile",
              "clip",
              "learning_rate",
              "batch_size",
              "local_epochs",
              "evaluate_clients",
              "preprocessing",
              "dataset_path",
              "graph_path",
              "patience",
              "round_limit",
              "seed",
              "runs_path",
              "run_id",
              "segment_parameters",
              "weight_cap",
              "max_attempts",
              "partial_rounds",
              "metrics_port"));

  /// One for a fault, one for bad luck: a segment that fails three times fails for a reason.
  private static final int DEFAULT_ATTEMPTS = 3;

  /// What the strategy says, on data prepared as this file says. A strategy that makes steps of its
  /// own kind goes before the options of this file.
  public TrainConfig train(TrainConfig strategy) {
    boolean own = !strategy.options().equals(TrainOptions.DEFAULT);
    TrainConfig train =
        strategy
            .withPreprocessing(preprocessing)
            .withEvaluated(evaluateClients || strategy.evaluated())
            .withOptions(own ? strategy.options() : options);
    return privacy.or(strategy::privacy).map(train::withPrivacy).orElse(train);
  }

  /// Reads a file.
  ///
  /// @param overrides keys and values that go before the file's
  /// @throws NodeException if a key is unknown or a value out of range
  public static ServerConfig read(Path file, Map<String, String> overrides) throws NodeException {
    return from(Settings.read(file, overrides, KEYS));
  }

  /// Reads what a coordinator is told that has no network: it needs neither address nor
  /// certificate.
  ///
  /// @param file none where the rest says it all
  /// @param rest keys and values that go before the file's
  /// @throws NodeException if a key is unknown or a value out of range
  public static ServerConfig withoutNetwork(Optional<Path> file, Map<String, String> rest)
      throws NodeException {
    Settings settings =
        file.isPresent() ? Settings.read(file.get(), rest, KEYS) : Settings.typed(rest, KEYS);
    return from(settings.otherwise(Participation.withoutNetwork(settings)));
  }

  /// Whatever the file can say.
  public static ConfigBuilder<ServerConfig> builder() {
    return new ConfigBuilder<>(KEYS, ServerConfig::from);
  }

  /// The same without data that the model is measured on.
  public ServerConfig withoutDataset() {
    return new ServerConfig(
        address,
        credentials,
        roundClients,
        minClients,
        rounds,
        encryption,
        quantise,
        trust,
        profile,
        clip,
        strategy,
        learningRate,
        batchSize,
        localEpochs,
        options,
        evaluateClients,
        privacy,
        preprocessing,
        Optional.empty(),
        model,
        graph,
        trainer,
        patience,
        roundLimit,
        seed,
        runs,
        run,
        segmentParameters,
        weightCap,
        maxAttempts,
        partialRounds,
        metricsPort,
        ids);
  }

  /// Why the same run would not begin in another mode, if it would not.
  public Optional<String> unfit(EncryptionMode mode) {
    return Participation.unfit(mode, profile, roundClients);
  }

  /// `clip` as a file says it.
  public Object saidClip() {
    return Clips.said(clip);
  }

  /// `preprocessing` as a file says it.
  public static JsonNode said(Preprocessing preprocessing) {
    return PreprocessingSettings.json(preprocessing);
  }

  /// What [#said] said.
  ///
  /// @throws NodeException if it is no list of steps
  public static Preprocessing preprocessing(JsonNode said) throws NodeException {
    return PreprocessingSettings.read(
        Settings.of(Map.of(PreprocessingSettings.KEY, said), Set.of(PreprocessingSettings.KEY)));
  }

  private static ServerConfig from(Settings settings) throws NodeException {
    int roundClients = Participation.roundClients(settings);
    if (roundClients == 0) {
      throw settings.missing("n_round_clients");
    }
    // PROTOCOL 2.6: max(3, ceil(roster / 2)); two clients are possible where their own files say
    // so.
    int kMin =
        (int)
            settings.integer(
                "k_min",
                Math.min(roundClients, Math.max(3, (roundClients + 1) / 2)),
                1,
                roundClients);
    int minClients = (int) settings.integer("min_clients", kMin, 1, roundClients);
    if (minClients < kMin) {
      throw settings.invalid("min_clients", ">= k_min, which is " + kMin);
    }
    EncryptionMode encryption = Participation.encryption(settings);
    Profile profile = Participation.profile(settings, roundClients);
    Optional<String> unfit = Participation.unfit(encryption, profile, roundClients);
    if (unfit.isPresent()) {
      throw settings.invalid(unfit.get());
    }
    return new ServerConfig(
        Address.from(settings, 0),
        Credentials.from(settings),
        roundClients,
        minClients,
        (int) settings.integer("rounds", 10, 1, 1_000_000),
        encryption,
        settings.flag("quantise", false),
        Participation.trust(settings),
        profile,
        Clips.rule(settings, "clip"),
        StrategyConfig.from(settings),
        settings.positive("learning_rate", 0.05),
        (int) settings.integer("batch_size", 32, 1, 1 << 20),
        (int) settings.integer("local_epochs", 1, 1, 1000),
        TrainOptionSettings.read(settings),
        settings.flag("evaluate_clients", false),
        PrivacySettings.read(settings, minClients),
        PreprocessingSettings.read(settings),
        settings.path("dataset_path"),
        ModelPlace.from(settings),
        settings.path("graph_path"),
        TrainerChoice.from(settings),
        Participation.patience(settings),
        Participation.roundLimit(settings),
        settings.integer("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE),
        settings.path("runs_path", "runs"),
        Participation.name(settings, "run_id"),
        settings.integer(
            "segment_parameters",
            Segment.DEFAULT_PARAMETERS,
            1,
            AggregationPlan.MAX_SEGMENT_PARAMETERS),
        (int) settings.integer("weight_cap", profile.maxWeightCap(), 1, profile.maxWeightCap()),
        (int) settings.integer("max_attempts", DEFAULT_ATTEMPTS, 1, Retry.MAX_ATTEMPTS),
        settings.flag("partial_rounds", false),
        settings.has("metrics_port")
            ? OptionalInt.of((int) settings.integer("metrics_port", 0, 0, Address.HIGHEST_PORT))
            : OptionalInt.empty(),
        Participation.ids(settings));
  }
}
