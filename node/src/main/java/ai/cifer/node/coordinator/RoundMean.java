package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.tensor.KeptPlaces;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.WeightedSum;
import ai.cifer.node.NodeException;
import ai.cifer.node.store.Damaged;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.Reveals;
import ai.cifer.secagg.coordinator.SegmentFold;
import ai.cifer.secagg.coordinator.SegmentSum;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.SegmentResult;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The mean of what the clients of a round sent, segment by segment, and the model that is made of
/// it.
///
/// [#fold] and [#apply] run on the worker and touch only what is complete by then; the rest is used
/// by the coordinator's thread.
final class RoundMean implements AutoCloseable {
  private final RoundSetting setting;
  private final VerifiedRound round;
  private final Tensors values;
  private final AtomicLong examples = new AtomicLong(Long.MAX_VALUE);
  private final AtomicInteger clients = new AtomicInteger(Integer.MAX_VALUE);

  /// What a strategy that needs single updates gets in the end, by segment.
  private final SortedMap<Integer, FoldInput> folded = new TreeMap<>();

  /// Segments without which the round goes on.
  private final ConcurrentSkipListSet<Integer> abandoned = new ConcurrentSkipListSet<>();

  private volatile @Nullable Bytes modelHash;
  private volatile List<Float> nextClips = List.of();

  private RoundMean(RoundSetting setting, VerifiedRound round, Tensors values) {
    this.setting = setting;
    this.round = round;
    this.values = values;
  }

  /// Makes room for it.
  static RoundMean create(RoundSetting setting, VerifiedRound round) throws IOException {
    Path file = setting.folder().mean(setting.round());
    return new RoundMean(setting, round, Tensors.create(file, round.open().upload()));
  }

  /// With what a process before this one opened.
  ///
  /// @throws Damaged if it is not there
  static RoundMean reopen(RoundSetting setting, VerifiedRound round) throws IOException {
    Path file = setting.folder().mean(setting.round());
    if (!Files.exists(file)) {
      throw new Damaged(file, "missing", null);
    }
    return new RoundMean(setting, round, Tensors.reopen(file, round.open().upload()));
  }

  /// Folds and opens a segment, and has its mean on the disk. If it does not open, it may with more
  /// reveals.
  SegmentOutcome fold(
      FoldInput input, StoredBlocks stored, Trainer.Progress progress, RoundReports reports)
      throws IOException {
    Segment cut = round.segments().get(input.segment());
    AtomicLong done = new AtomicLong();
    SegmentFold fold =
        new SegmentFold(
            round,
            input.cohort(),
            stored.all(),
            count -> progress.at(done.addAndGet(count), cut.size()));
    Reveals.Opened revealed =
        input.reveals().isPresent()
            ? input.reveals().get().sumOfSecrets()
            : new Reveals.Opened(Coefficients.of(new int[0]), List.of());
    Coefficients secrets = revealed.sum();
    SegmentSum sum =
        input.reveals().isPresent()
            ? fold.open(secrets, values)
            : input.openedSums().isPresent()
                ? fold.decode(input.openedSums().get(), values)
                : fold.sum(input.candidates().manifests(input.cohort()), values);
    reports.folded(sum.foldSeconds(), sum.openSeconds());
    values.force();
    return new SegmentOutcome(
        sum.examples(),
        sum.clients(),
        new SegmentResult(input.cohort(), input.certificate(), secrets).hash(),
        SegmentOutcome.digest(values, cut),
        revealed.blamed());
  }

  /// A segment counts.
  ///
  /// @param input what a strategy that needs single updates has to see
  void opened(SegmentOutcome outcome, Optional<FoldInput> input) {
    examples.accumulateAndGet(outcome.examples(), Math::min);
    clients.accumulateAndGet(outcome.clients(), Math::min);
    input.ifPresent(kept -> folded.put(kept.segment(), kept));
  }

  /// The round goes on without a segment.
  void abandoned(int segment) {
    abandoned.add(segment);
  }

  /// @throws Damaged if the mean of a segment is not what was written
  void requireDigest(int segment, Bytes expected) throws Damaged {
    if (!SegmentOutcome.digest(values, round.segments().get(segment)).equals(expected)) {
      throw new Damaged(
          setting.folder().mean(setting.round()),
          "the mean of segment %d has another hash".formatted(segment),
          null);
    }
  }

  /// Has the strategy make the next model, and measures it.
  ///
  /// @param uploads what single updates are read from
  void apply(UploadFolder uploads, Trainer.Progress progress, RoundReports reports)
      throws IOException, TrainingException, NodeException {
    List<Segment> left = abandoned.stream().map(round.segments()::get).toList();
    // An opening that failed half-way may have written something.
    KeptPlaces.of(values.layout().parameters(), 1, left).clear(values);
    NextModel next = new NextModel(setting, round, left);
    modelHash =
        switch (setting.strategy()) {
          case Strategy.Linear linear ->
              next.ofSum(
                  linear,
                  new WeightedSum(values, clients.get(), examples.get()),
                  progress,
                  reports);
          case Strategy.Robust robust ->
              next.ofSingleUpdates(
                  robust, uploads, List.copyOf(folded.values()), progress, reports);
        };
    nextClips = RoundClips.next(setting, values, left);
    reports.onClients(setting.train(), values, left);
  }

  /// Of all values.
  Bytes digest() {
    return Bytes.of(values.digest());
  }

  /// The hash of what the next round starts from, once the model is applied.
  Bytes modelHash() {
    Bytes hash = modelHash;
    if (hash == null) {
      throw new IllegalStateException("the model is applied before the round completes");
    }
    return hash;
  }

  /// The clips of the next round, once the model is applied.
  List<Float> nextClips() {
    return nextClips;
  }

  @Override
  public void close() {
    values.close();
  }
}
