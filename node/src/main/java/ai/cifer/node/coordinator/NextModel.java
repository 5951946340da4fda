package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.strategy.Memory;
import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.tensor.KeptPlaces;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.WeightedSum;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.round.StartingPoint;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Has the strategy make the next model, with what it remembers, and measures the model; on the
/// worker.
final class NextModel {
  private final RoundSetting setting;
  private final VerifiedRound round;
  private final KeptPlaces kept;

  /// @param abandoned segments that were not opened: what they hold of the model, and what the
  ///   strategy remembers of it, stays
  NextModel(RoundSetting setting, VerifiedRound round, List<Segment> abandoned) {
    this.setting = setting;
    this.round = round;
    kept =
        KeptPlaces.of(
            setting.model().tensors().layout().parameters(),
            1 + setting.train().rule().vectors(),
            abandoned);
  }

  /// From the sum of a cohort.
  Bytes ofSum(
      Strategy.Linear strategy, WeightedSum sum, Trainer.Progress progress, RoundReports reports)
      throws IOException, TrainingException {
    return make(
        (memory, next) -> strategy.apply(setting.model().tensors(), sum, memory, next),
        progress,
        reports);
  }

  /// From the updates of those clients that are in the cohort of every segment.
  ///
  /// @param segments what the cohorts delivered, segment after segment
  /// @throws NodeException if they are fewer than the strategy needs
  Bytes ofSingleUpdates(
      Strategy.Robust strategy,
      UploadFolder uploads,
      List<FoldInput> segments,
      Trainer.Progress progress,
      RoundReports reports)
      throws IOException, TrainingException, NodeException {
    SortedMap<String, Long> examples = examples(segments);
    if (examples.size() < strategy.minClients()) {
      throw new NodeException(
          Reason.TOO_FEW_PARTICIPANTS,
          "clients with all segments: %d (expected: >= %d, so many does strategy %s need)"
              .formatted(examples.size(), strategy.minClients(), strategy.name()));
    }
    try (SingleUpdates updates = new SingleUpdates(round, uploads, examples)) {
      return make(
          (memory, next) -> strategy.apply(setting.model().tensors(), updates.all(), memory, next),
          progress,
          reports);
    }
  }

  private static SortedMap<String, Long> examples(List<FoldInput> segments) throws IOException {
    SortedMap<String, Long> examples = new TreeMap<>();
    Iterator<FoldInput> all = segments.iterator();
    FoldInput first = all.next();
    first
        .candidates()
        .manifests(first.cohort())
        .forEach((client, manifest) -> examples.put(client, (long) manifest.weight()));
    all.forEachRemaining(next -> examples.keySet().retainAll(next.cohort().clients()));
    return examples;
  }

  private void keep(Memory memory, Tensors next) {
    kept.restore(setting.model().tensors(), next);
    for (int i = 0; i < memory.after().size(); i++) {
      kept.restore(memory.before().get(i), memory.after().get(i));
    }
  }

  @FunctionalInterface
  private interface Application {
    void to(Memory memory, Tensors next);
  }

  /// @return the hash of what the next round starts from
  private Bytes make(Application application, Trainer.Progress progress, RoundReports reports)
      throws IOException, TrainingException {
    ModelLayout layout = setting.model().tensors().layout();
    Memory memory = setting.memory().writtenBy(setting.round(), layout, setting.folder());
    try (Tensors next = Tensors.create(setting.folder().values(setting.round()), layout)) {
      application.to(memory, next);
      keep(memory, next);
      memory.after().forEach(Tensors::force);
      next.force();
      Bytes digest = StartingPoint.digest(next, setting.memory().sent(memory.after()));
      if (setting.evaluation().isPresent()) {
        long start = System.nanoTime();
        Metrics metrics =
            setting
                .evaluation()
                .get()
                .evaluate(
                    new GlobalModel(setting.model().architecture(), next),
                    setting.train().options(),
                    progress);
        reports.evaluated(metrics, (System.nanoTime() - start) / 1e9);
      }
      return digest;
    } finally {
      memory.after().forEach(Tensors::close);
    }
  }
}
