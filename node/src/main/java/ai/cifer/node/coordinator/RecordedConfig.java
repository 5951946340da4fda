package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.node.config.ModelPlace;
import ai.cifer.node.config.ServerConfig;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What `config.json` of a run says: everything that shaped it, no path of the machine, no key.
record RecordedConfig(
    String runId,
    String encryption,
    boolean quantise,
    String strategy,
    Map<String, Double> strategySettings,
    TrainConfig train,
    int rounds,
    int nRoundClients,
    int minClients,
    String threshold,
    String profile,
    Object clip,
    long segmentParameters,
    double patience,
    String trainer,
    Optional<String> datasetPath,
    Optional<String> modelPath) {

  RecordedConfig(ServerConfig config, Strategy strategy, String run) {
    this(
        run,
        config.encryption().key(),
        config.quantise() || config.encryption().isProtected(),
        strategy.name(),
        new TreeMap<>(config.strategy().settings()),
        config.train(strategy.trainConfig(1)),
        config.rounds(),
        config.roundClients(),
        config.minClients(),
        config.trust().key(),
        config.profile().name(),
        config.saidClip(),
        config.segmentParameters(),
        config.patience().toMillis() / 1000.0,
        config.trainer().words(),
        config.dataset().map(path -> path.getFileName().toString()),
        config.model().map(ModelPlace::said));
  }
}
