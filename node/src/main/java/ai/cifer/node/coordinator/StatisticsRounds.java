package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.identity.Federation;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.store.JsonFile;
import ai.cifer.node.store.RunFolder;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.secagg.message.RoundOpen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/// Rounds before training that measure the constants which steps of preprocessing lack.
///
/// They are a run of their own, `<run>.statistics`: each continues from the result of the one
/// before, and training begins from its own model. Round numbers go on from one to the other, so
/// that a message that comes late is never taken for one of another round.
///
/// @param rounds carries out one round
/// @param listener is told as of any round
/// @param worker carries out what takes long
record StatisticsRounds(
    Rounds rounds,
    ServerConfig config,
    Identity identity,
    Enrolment enrolment,
    RunFolder folder,
    RunListener listener,
    ExecutorService worker) {

  private static final String SUFFIX = ".statistics";

  @FunctionalInterface
  interface Rounds {
    RoundOutcome run(RoundSetting setting) throws IOException, InterruptedException;
  }

  /// Where their own run lies, once they have begun.
  static Path folder(RunFolder folder) {
    return folder.work().resolve(folder.run() + SUFFIX);
  }

  /// What came of them.
  ///
  /// @param preprocessing all steps with their constants
  /// @param rounds how many numbers of rounds are used up
  record Measured(Preprocessing preprocessing, int rounds) {}

  /// What a configuration leaves to be measured, if anything.
  ///
  /// @param evaluation knows how many values a column has; without it there is one in each
  /// @throws NodeException if that cannot be known, or the coordinator's own data does not fit
  static Optional<Statistics> of(ServerConfig config, Optional<Trainer> evaluation)
      throws NodeException {
    Preprocessing steps = config.preprocessing();
    if (Statistics.missing(steps).isEmpty()) {
      return Optional.empty();
    }
    int most = Names.MAX_CHARACTERS - SUFFIX.length();
    if (config.run().filter(run -> run.length() > most).isPresent()) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "run_id: %d characters (expected: at most %d where preprocessing is measured)"
              .formatted(config.run().get().length(), most));
    }
    try {
      return Optional.of(
          Statistics.of(
              steps,
              evaluation.isPresent()
                  ? evaluation.get().measuredWidths(steps)
                  : Statistics.namedWidths(steps)));
    } catch (IllegalArgumentException unnamed) {
      throw new NodeException(Reason.CONFIG_INVALID, unnamed);
    } catch (TrainingException unfit) {
      throw NodeException.of(Reason.DATASET_MISMATCH, unfit);
    }
  }

  /// Runs them all and writes the steps for whoever uses the model.
  ///
  /// @throws NodeException if one of them cannot be completed, or a column holds no values
  Measured run(Statistics statistics, int mostVoid)
      throws IOException, NodeException, InterruptedException {
    listener.on(
        new RunEvent.Measuring(
            statistics.waves(),
            Statistics.missing(config.preprocessing()).stream()
                .map(Preprocessing.Step::word)
                .toList()));
    RunFolder own = RunFolder.create(folder.work(), folder.run() + SUFFIX);
    Tensors.create(own.values(0), statistics.layout()).close();
    Bytes previous = RoundOpen.NO_RESULT;
    int base = 0;
    int wave = 1;
    int voidInARow = 0;
    for (int round = 1; ; round++) {
      RoundOutcome outcome;
      try (Tensors before = Tensors.open(own.values(base), 0, statistics.layout())) {
        outcome = round(statistics, wave, own, round, base, before, previous);
      }
      own.deleteRound(round);
      if (outcome instanceof RoundOutcome.Completed completed) {
        listener.on(
            new RunEvent.Measured(
                round, completed.summary().planned().size(), completed.summary().actual().size()));
        previous = completed.result();
        base = round;
        voidInARow = 0;
        wave++;
      } else if (outcome instanceof RoundOutcome.Voided(NodeException reason, boolean fatal)
          && (fatal || ++voidInARow == mostVoid)) {
        throw reason;
      } else if (outcome instanceof RoundOutcome.Stopped(NodeException reason)) {
        throw reason;
      }
      if (wave > statistics.waves()) {
        return new Measured(resolved(statistics, own, base), round);
      }
    }
  }

  private RoundOutcome round(
      Statistics statistics,
      int wave,
      RunFolder own,
      int round,
      int base,
      Tensors before,
      Bytes previous)
      throws IOException, InterruptedException {
    TrainConfig train =
        new TrainConfig(config.learningRate(), config.batchSize(), config.localEpochs(), 0)
            .withPreprocessing(config.preprocessing());
    return rounds.run(
        new RoundSetting(
            config,
            identity,
            enrolment,
            Federation.of(identity),
            own,
            round,
            base,
            new GlobalModel(Statistics.architecture(wave), before),
            new ArrayList<>(
                Collections.nCopies(statistics.layout().tensors().size(), Statistics.CLIP)),
            previous,
            new Measuring(statistics, wave, train),
            new StrategyMemory(0, List.of(), List.of()),
            train,
            Optional.empty(),
            listener,
            worker));
  }

  private Preprocessing resolved(Statistics statistics, RunFolder own, int round)
      throws IOException, NodeException {
    try (Tensors measured = Tensors.open(own.values(round), 0, statistics.layout())) {
      Preprocessing resolved = statistics.resolved(measured);
      JsonFile.write(folder.preprocessing(), ServerConfig.said(resolved));
      return resolved;
    } catch (IllegalArgumentException nothing) {
      throw new NodeException(Reason.DATASET_MISMATCH, nothing);
    }
  }
}
