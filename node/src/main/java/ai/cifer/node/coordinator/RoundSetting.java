package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.fedlearn.round.Bounds;
import ai.cifer.fedlearn.round.RoundPlan;
import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.store.RunFolder;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.secagg.message.Draw;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/// What a round is given.
///
/// @param federation the fingerprint of the enrolment authority
/// @param round from 1, increasing also over void rounds
/// @param base the round whose model this one starts from; 0 is the initial model
/// @param model that model
/// @param clips the clip of each tensor of what a client sends in this round
/// @param previous hash of the last certified result
/// @param memory what the strategy remembers after that model's round
/// @param train how every participant prepares its data and trains
/// @param evaluation measures the new model, if the coordinator has data
/// @param worker carries out what takes long, one thing at a time
record RoundSetting(
    ServerConfig config,
    Identity identity,
    Enrolment enrolment,
    String federation,
    RunFolder folder,
    int round,
    int base,
    GlobalModel model,
    List<Float> clips,
    Bytes previous,
    Strategy strategy,
    StrategyMemory memory,
    TrainConfig train,
    Optional<Trainer> evaluation,
    RunListener listener,
    ExecutorService worker) {

  /// The tensors of what a client sends.
  ModelLayout upload() {
    return train.upload(model.tensors().layout());
  }

  /// Whether a round goes on without a segment that fails for good. What is measured before
  /// training is needed as a whole.
  boolean partial() {
    return config.partialRounds() && !Statistics.isMeasured(model.architecture());
  }

  /// What the round needs before it may go on.
  ///
  /// @param there clients that are connected
  RoundPlan plan(int there) {
    int most = config.roundClients();
    int least = config.minClients();
    // A later round takes whoever is there: waiting for one that was lost would cost each round the
    // whole patience.
    int max = round == 1 ? most : Math.clamp(there, least, most);
    Bounds helpers =
        switch (config.encryption()) {
          case NONE -> new Bounds(0, 0);
          case KEY_HOLDER, CKKS, PAILLIER -> new Bounds(1, 1);
          case SECURE_AGGREGATION -> new Bounds(least, max);
        };
    int segments = upload().segments(config.segmentParameters()).size();
    return new RoundPlan(
        round,
        new Bounds(least, max),
        helpers,
        config.trust().quorum(),
        Draw.HELPERS,
        segments,
        config.maxAttempts(),
        partial()
            ? train.dispensable(model.tensors().layout(), config.segmentParameters(), segments)
            : 0);
  }

  /// The most examples that one client counts for.
  int weightCap(long mostExamples) {
    return train.uniform() ? 1 : (int) Math.min(mostExamples, config.weightCap());
  }
}
