package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.node.NodeException;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.store.Damaged;
import ai.cifer.node.store.Durable;
import ai.cifer.node.store.JsonFile;
import ai.cifer.node.store.RunFolder;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.RoundOpen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Where a run stands between rounds: in memory, and after every change on the disk.
final class RunState implements AutoCloseable {
  private static final HexFormat HEX = HexFormat.of();

  private final RunFolder folder;
  private final RunEvent.RunStarted started;
  private final List<RoundSummary> rounds = new ArrayList<>();
  private GlobalModelFile model;
  private StrategyMemory memory;
  private List<Float> clips;
  private Bytes previous;
  private StatisticsRounds.@Nullable Measured measured;
  private int round;
  private int voidInARow;

  private RunState(
      RunFolder folder,
      RunEvent.RunStarted started,
      GlobalModelFile model,
      StrategyMemory memory,
      List<Float> clips,
      Bytes previous,
      int round) {
    this.folder = folder;
    this.started = started;
    this.model = model;
    this.memory = memory;
    this.clips = clips;
    this.previous = previous;
    this.round = round;
  }

  /// Before the first round; on the disk once the constants of preprocessing are [#measured].
  static RunState begin(
      RunFolder folder,
      RunEvent.RunStarted started,
      GlobalModelFile initial,
      Strategy strategy,
      List<Float> clips)
      throws IOException {
    ModelLayout layout = initial.model().tensors().layout();
    StrategyMemory memory = StrategyMemory.initial(strategy, layout, folder);
    return new RunState(folder, started, initial, memory, clips, RoundOpen.NO_RESULT, 1);
  }

  /// As a process before this one left it.
  ///
  /// @throws Damaged if a file is not as it was written
  static RunState resume(RunFolder folder, Checkpoint checkpoint, Strategy strategy)
      throws IOException {
    ModelLayout layout = new ModelLayout(checkpoint.layout());
    folder.deleteOthers(checkpoint.base(), checkpoint.round());
    GlobalModelFile model = GlobalModelFile.resume(checkpoint, layout, folder);
    requireDigest(model.model().tensors(), checkpoint.model(), folder, "the model");
    StrategyMemory memory =
        StrategyMemory.open(checkpoint.base(), strategy.memory(), layout, folder);
    for (int i = 0; i < memory.vectors().size(); i++) {
      String name = memory.vectors().get(i).name();
      requireDigest(
          memory.values().get(i),
          checkpoint.memory().getOrDefault(name, ""),
          folder,
          "what the strategy remembers, " + name);
    }
    RunState state =
        new RunState(
            folder,
            checkpoint.started(),
            model,
            memory,
            checkpoint.clips(),
            Bytes.of(HEX.parseHex(checkpoint.previous())),
            checkpoint.round());
    state.voidInARow = checkpoint.voidInARow();
    state.measured =
        new StatisticsRounds.Measured(preprocessing(checkpoint, folder), checkpoint.measuring());
    state.rounds.addAll(checkpoint.rounds());
    return state;
  }

  private static Preprocessing preprocessing(Checkpoint checkpoint, RunFolder folder)
      throws Damaged {
    try {
      return ServerConfig.preprocessing(checkpoint.preprocessing());
    } catch (NodeException malformed) {
      throw new Damaged(folder.checkpoint(), String.valueOf(malformed.getMessage()), malformed);
    }
  }

  /// All steps of preprocessing have their constants: the run can go on from here.
  void measured(StatisticsRounds.Measured all) throws IOException {
    measured = all;
    round = all.rounds() + 1;
    write(List.of());
  }

  boolean isMeasured() {
    return measured != null;
  }

  private static void requireDigest(Tensors values, String expected, RunFolder folder, String what)
      throws Damaged {
    if (!digest(values).equals(expected)) {
      throw new Damaged(folder.work(), what + " has another hash", null);
    }
  }

  private static String digest(Tensors values) {
    return HEX.formatHex(values.digest());
  }

  /// The round is over with a result.
  ///
  /// @param there who is connected
  void completed(RoundOutcome.Completed outcome, List<String> there) throws IOException {
    ModelLayout layout = model.model().tensors().layout();
    GlobalModelFile oldModel = model;
    StrategyMemory oldMemory = memory;
    rounds.add(outcome.summary());
    previous = outcome.result();
    clips = outcome.clips();
    model = oldModel.successor(round, folder);
    memory = StrategyMemory.open(round, oldMemory.vectors(), layout, folder);
    voidInARow = 0;
    round++;
    JsonFile.write(folder.metrics(), rounds);
    // Only when the disk says where the run stands now, what it stood on before may go.
    write(there);
    oldModel.delete(folder);
    oldMemory.delete(folder);
  }

  /// The round is over without a result.
  void voided(List<String> there) throws IOException {
    voidInARow++;
    round++;
    write(there);
  }

  /// The run ends, and may be taken up again.
  void ended(String reason) throws IOException {
    checkpoint(List.of()).ended(reason).write(folder.checkpoint());
  }

  private void write(List<String> there) throws IOException {
    checkpoint(there).write(folder.checkpoint());
    Durable.forceFolder(folder.path());
  }

  private Checkpoint checkpoint(List<String> there) {
    SortedMap<String, String> digests = new TreeMap<>();
    for (int i = 0; i < memory.vectors().size(); i++) {
      digests.put(memory.vectors().get(i).name(), digest(memory.values().get(i)));
    }
    return new Checkpoint(
        started,
        round,
        model.round(),
        model.model().architecture(),
        model.model().tensors().layout().tensors(),
        String.valueOf(model.original().getFileName()),
        digest(model.model().tensors()),
        digests,
        clips,
        HEX.formatHex(previous.toByteArray()),
        ServerConfig.said(preprocessing()),
        measuring(),
        voidInARow,
        rounds,
        there,
        Optional.empty());
  }

  RunEvent.RunStarted started() {
    return started;
  }

  /// The round that is next, or open; from 1, increasing also over void rounds.
  int round() {
    return round;
  }

  /// The steps of preprocessing with their constants.
  Preprocessing preprocessing() {
    return Objects.requireNonNull(measured).preprocessing();
  }

  /// How many numbers of rounds were used up before training.
  int measuring() {
    return Objects.requireNonNull(measured).rounds();
  }

  /// How many rounds before this one had no result.
  int voidInARow() {
    return voidInARow;
  }

  /// The rounds that had a result.
  List<RoundSummary> rounds() {
    return List.copyOf(rounds);
  }

  GlobalModelFile model() {
    return model;
  }

  StrategyMemory memory() {
    return memory;
  }

  /// The clip of each tensor in the next round.
  List<Float> clips() {
    return clips;
  }

  /// Hash of the last certified result.
  Bytes previous() {
    return previous;
  }

  @Override
  public void close() {
    memory.close();
    model.close();
  }
}
