package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.Plugins;
import ai.cifer.node.RunResult;
import ai.cifer.node.Venue;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.identity.Federation;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Role;
import ai.cifer.node.store.Durable;
import ai.cifer.node.store.EventLog;
import ai.cifer.node.store.JsonFile;
import ai.cifer.node.store.RunFolder;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.secagg.message.Outline;
import ai.cifer.transport.Endpoint;
import ai.cifer.transport.PortFigures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// A coordinator from its configuration to the end of the run.
public final class ServerRun implements AutoCloseable {

  /// A void round is tried again; so many in a row are not bad luck any more.
  private static final int MAX_VOID_IN_A_ROW = 3;

  private final ServerConfig config;
  private final Venue venue;
  private final InstantSource clock;
  private final RunListener listener;
  private final Identity identity;
  private final Coordinator coordinator;
  private final Endpoint endpoint;

  /// Who is waited for before the next round begins.
  private Awaited awaited;

  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("coordinator-worker").daemon().factory());

  private ServerRun(
      ServerConfig config,
      Venue venue,
      InstantSource clock,
      RunListener listener,
      Identity identity,
      Coordinator coordinator,
      Endpoint endpoint) {
    this.config = config;
    this.venue = venue;
    this.clock = clock;
    this.listener = listener;
    this.identity = identity;
    this.coordinator = coordinator;
    this.endpoint = endpoint;
    awaited = new Awaited(coordinator, listener, config.patience(), List.of());
  }

  /// Lets participants in.
  ///
  /// @throws NodeException if the identity or the port is unusable
  public static ServerRun start(
      ServerConfig config, Venue venue, InstantSource clock, RunListener listener)
      throws NodeException {
    Identity identity = venue.identity();
    boolean started = false;
    try {
      Coordinator coordinator =
          new Coordinator(
              config.ids().get("encoded_project_id"),
              listener,
              venue.grace(Liveness.grace(config.patience())));
      Endpoint endpoint = venue.open(identity, coordinator);
      started = true;
      return new ServerRun(config, venue, clock, listener, identity, coordinator, endpoint);
    } finally {
      if (!started) {
        identity.close();
      }
    }
  }

  public int port() {
    return endpoint.port();
  }

  /// What happens on the port.
  public PortFigures portFigures() {
    return endpoint.figures();
  }

  /// Runs all rounds.
  ///
  /// @throws NodeException if the run cannot begin; whoever is connected is told
  public RunResult run(Strategy strategy) throws NodeException, InterruptedException {
    try {
      return begun(strategy);
    } catch (NodeException failure) {
      if (mayGoOn(failure)) {
        coordinator.leave();
        throw failure;
      }
      coordinator.dismiss(new ControlMessage.RunEnd(0, RoundEnd.publicReason(failure)));
      coordinator.strays().awaitAnswers();
      throw failure;
    }
  }

  /// Whether participants need not be told that the run is over: when it was asked to stop, or its
  /// folder may yet be restored.
  private static boolean mayGoOn(NodeException reason) {
    return reason.reason() == Reason.INTERRUPTED || reason.reason() == Reason.DAMAGED;
  }

  private RunResult begun(Strategy strategy) throws NodeException, InterruptedException {
    StrategyChoice.requireFits(strategy, config);
    Optional<Path> dataset = config.dataset().or(strategy::dataPath);
    Path model = modelPath(strategy);
    Optional<Trainer> evaluation =
        dataset.isPresent()
            ? Optional.of(
                Plugins.trainer(
                    config.trainer(),
                    dataset,
                    Dataset.Split.TEST,
                    config.graph().or(() -> Optional.of(model)),
                    config.runs(),
                    config.patience()))
            : Optional.empty();
    try {
      Optional<Statistics> statistics = StatisticsRounds.of(config, evaluation);
      if (statistics.isEmpty()) {
        new OwnData(evaluation).prepare(config.preprocessing());
      }
      try (RunChoice choice = RunChoice.of(config, strategy, clock);
          EventLog log = choice.log(clock)) {
        RunFolder folder = choice.folder();
        RunListener both = log.before(listener);
        RunState state =
            choice.checkpoint().isPresent()
                ? resume(strategy, folder, choice.checkpoint().get(), both)
                : begin(strategy, model, evaluation, statistics, folder, both);
        return run(strategy, evaluation, statistics, folder, log, both, state);
      } catch (IOException | UncheckedIOException failure) {
        throw DiskFailure.of(failure);
      }
    } finally {
      evaluation.ifPresent(Trainer::close);
    }
  }

  private RunState begin(
      Strategy strategy,
      Path file,
      Optional<Trainer> evaluation,
      Optional<Statistics> statistics,
      RunFolder folder,
      RunListener listener)
      throws IOException, NodeException {
    JsonFile.write(folder.config(), new RecordedConfig(config, strategy, folder.run()));
    GlobalModelFile initial = GlobalModelFile.initial(file, config.graph(), folder);
    try {
      GlobalModel model = initial.model();
      ModelLayout layout = model.tensors().layout();
      requireSmall(config.train(strategy.trainConfig(1)).upload(layout));
      Outline outline = outline(strategy, model);
      requireLocalNames(outline);
      if (statistics.isPresent()) {
        new OwnData(evaluation).requireFit(outline);
      }
      coordinator.outline(outline);
      RunEvent.RunStarted started =
          new RunEvent.RunStarted(
              folder.run(),
              config.encryption().key(),
              strategy.name(),
              GlobalModel.label(model.architecture()),
              config.rounds(),
              config.roundClients(),
              layout.parameters(),
              4 * layout.parameters(),
              // Without the constants of its steps the data cannot be read yet.
              statistics.isPresent()
                  ? Optional.empty()
                  : new OwnData(evaluation).measure(model, outline.train().options()));
      listener.on(started);
      return RunState.begin(folder, started, initial, strategy, firstClips(strategy, model));
    } catch (IOException | NodeException | RuntimeException failure) {
      initial.close();
      throw failure;
    }
  }

  private Outline outline(Strategy strategy, GlobalModel model) {
    return new Outline(
        model.architecture(), model.tensors().layout(), config.train(strategy.trainConfig(1)));
  }

  private static void requireLocalNames(Outline outline) throws NodeException {
    try {
      outline.train().options().requireLocal(outline.layout());
    } catch (IllegalArgumentException unfit) {
      throw new NodeException(Reason.CONFIG_INVALID, unfit);
    }
  }

  private RunState resume(
      Strategy strategy, RunFolder folder, Checkpoint checkpoint, RunListener listener)
      throws IOException, NodeException {
    RunState state = RunState.resume(folder, checkpoint, strategy);
    coordinator.outline(outline(strategy, state.model().model()));
    boolean open = Files.exists(folder.journal(state.round()));
    listener.on(new RunEvent.RunResumed(state.started(), state.rounds(), state.round(), open));
    if (!state.rounds().isEmpty()) {
      RoundSummary last = state.rounds().getLast();
      if (!EventLog.saysCompleted(folder.events(), last.round())) {
        listener.on(new RunEvent.RoundCompleted(last));
      }
    }
    awaited = new Awaited(coordinator, listener, config.patience(), checkpoint.there());
    return state;
  }

  private RunResult run(
      Strategy strategy,
      Optional<Trainer> evaluation,
      Optional<Statistics> statistics,
      RunFolder folder,
      EventLog log,
      RunListener both,
      RunState state)
      throws InterruptedException {
    Optional<NodeException> reason;
    try (state) {
      if (!state.isMeasured()) {
        state.measured(measure(statistics, evaluation, folder, both));
      } else if (statistics.isPresent()) {
        new OwnData(evaluation).prepare(state.preprocessing());
      }
      reason = rounds(strategy, evaluation, folder, both, state);
      if (reason.isPresent() && !mayGoOn(reason.get())) {
        state.ended(String.valueOf(reason.get().getMessage()));
      }
    } catch (IOException | UncheckedIOException failure) {
      reason = Optional.of(DiskFailure.of(failure));
    } catch (NodeException failure) {
      reason = Optional.of(failure);
    }
    if (reason.isPresent() && mayGoOn(reason.get())) {
      coordinator.leave();
      return new RunResult(folder.run(), folder.path(), state.rounds(), reason);
    }
    return end(folder, log, state.rounds(), reason);
  }

  /// Whoever encrypts under a key holder's public key learns before the first round, not after
  /// hours of it, that the model is too large for that.
  private void requireSmall(ModelLayout upload) throws NodeException {
    try {
      config.encryption().scheme().ifPresent(scheme -> scheme.requireModel(upload.parameters()));
    } catch (IllegalArgumentException tooLarge) {
      throw new NodeException(Reason.CONFIG_INVALID, tooLarge);
    }
  }

  private List<Float> firstClips(Strategy strategy, GlobalModel model) throws NodeException {
    try {
      return RoundClips.first(
          config.clip(),
          config.train(strategy.trainConfig(1)),
          model.tensors().layout(),
          config.profile().valueBits());
    } catch (IllegalArgumentException unfit) {
      throw new NodeException(Reason.CONFIG_INVALID, "clip: " + unfit.getMessage(), unfit);
    }
  }

  /// Tells everybody, whatever happened; a disk that failed may refuse the log's last line too.
  private RunResult end(
      RunFolder folder, EventLog log, List<RoundSummary> summaries, Optional<NodeException> reason)
      throws InterruptedException {
    RunEvent.RunEnded ended =
        new RunEvent.RunEnded(
            folder.run(), summaries.size(), reason.map(NodeException::getMessage));
    Optional<NodeException> known = reason;
    try {
      log.on(ended);
      if (reason.isEmpty()) {
        // What a run needs to go on goes only when its log says that it need not.
        Leftovers.ofRun(folder);
      }
    } catch (UncheckedIOException failure) {
      known = reason.or(() -> Optional.of(DiskFailure.of(failure)));
    }
    coordinator.dismiss(
        new ControlMessage.RunEnd(summaries.size(), known.map(RoundEnd::publicReason).orElse("")));
    awaitStrays();
    listener.on(ended);
    return new RunResult(folder.run(), folder.path(), summaries, known);
  }

  /// Whoever lost its link a moment ago would not find anybody to ask.
  private void awaitStrays() throws InterruptedException {
    coordinator.strays().awaitAnswers();
    Duration grace = coordinator.grace();
    SortedSet<String> strays = coordinator.strays().since(grace);
    if (!strays.isEmpty()) {
      listener.on(
          new RunEvent.Waiting(
              0,
              "%s may come back and ask how the run ended; at most %d s"
                  .formatted(String.join(", ", strays), grace.toSeconds())));
      coordinator.strays().await(grace);
      coordinator.strays().awaitAnswers();
    }
  }

  /// What is to be measured before training.
  private StatisticsRounds.Measured measure(
      Optional<Statistics> statistics,
      Optional<Trainer> evaluation,
      RunFolder folder,
      RunListener listener)
      throws IOException, NodeException, InterruptedException {
    if (statistics.isEmpty()) {
      return new StatisticsRounds.Measured(config.preprocessing(), 0);
    }
    StatisticsRounds.Measured measured =
        new StatisticsRounds(
                this::outcome,
                config,
                identity,
                venue.enrolment(identity),
                folder,
                listener,
                worker)
            .run(statistics.get(), MAX_VOID_IN_A_ROW);
    new OwnData(evaluation).prepare(measured.preprocessing());
    return measured;
  }

  /// @return why the run ended early, if it did
  private Optional<NodeException> rounds(
      Strategy strategy,
      Optional<Trainer> evaluation,
      RunFolder folder,
      RunListener listener,
      RunState state)
      throws IOException, NodeException, InterruptedException {
    Optional<NodeException> ended = Optional.empty();
    while (ended.isEmpty() && !isDone(strategy, state.rounds(), listener)) {
      int round = state.round();
      RoundSetting setting =
          new RoundSetting(
              config,
              identity,
              venue.enrolment(identity),
              Federation.of(identity),
              folder,
              round,
              state.model().round(),
              state.model().model(),
              state.clips(),
              state.previous(),
              strategy,
              state.memory(),
              config
                  .train(strategy.trainConfig(round - state.measuring()))
                  .withPreprocessing(state.preprocessing()),
              evaluation,
              listener,
              worker);
      switch (outcome(setting)) {
        case RoundOutcome.Completed completed -> {
          state.completed(completed, there());
          listener.on(new RunEvent.RoundCompleted(completed.summary()));
        }
        case RoundOutcome.Stopped(NodeException reason) -> {
          return Optional.of(reason);
        }
        case RoundOutcome.Voided(NodeException reason, boolean fatal) -> {
          state.voided(there());
          if (fatal || state.voidInARow() == MAX_VOID_IN_A_ROW) {
            ended = Optional.of(reason);
          }
        }
      }
      Leftovers.ofRound(folder, round);
    }
    state.model().export(folder);
    return ended;
  }

  private RoundOutcome outcome(RoundSetting setting) throws IOException, InterruptedException {
    Files.createDirectories(setting.folder().segments(setting.round()));
    // The journal in it says which draws there were, before anything else of the round is forced.
    Durable.forceFolder(setting.folder().work());
    try (RoundJournal journal = RoundJournal.open(setting.folder().journal(setting.round()))) {
      RoundRecord record = RoundRecord.read(journal, setting);
      awaited.await(setting.round(), record.members());
      awaited.invite(venue, setting.round());
      RoundDriver driver = new RoundDriver(coordinator, setting, journal, record);
      coordinator.traffic(driver);
      return driver.run();
    }
  }

  private List<String> there() {
    return Stream.of(Role.CLIENT, Role.KEY_HOLDER)
        .flatMap(role -> coordinator.joined(role).stream())
        .map(Seat::name)
        .toList();
  }

  /// Whether all rounds are done, or the strategy or the config's rule ends the run before.
  private boolean isDone(Strategy strategy, List<RoundSummary> summaries, RunListener listener) {
    if (summaries.isEmpty() || summaries.size() >= config.rounds()) {
      return !summaries.isEmpty();
    }
    List<Metrics> metrics =
        summaries.stream().map(RoundSummary::metrics).flatMap(Optional::stream).toList();
    Optional<String> reason =
        strategy.stops(metrics)
            ? Optional.of("strategy %s ends the run".formatted(strategy.name()))
            : config.strategy().stop().flatMap(rule -> rule.reason(metrics));
    reason.ifPresent(
        text -> listener.on(new RunEvent.StoppedEarly(summaries.getLast().round(), text)));
    return reason.isPresent();
  }

  private Path modelPath(Strategy strategy) throws NodeException, InterruptedException {
    Optional<Path> own = Optional.empty();
    if (config.model().isPresent()) {
      own = Optional.of(Plugins.file(config.model().get()));
    }
    return own.or(strategy::modelPath)
        .orElseThrow(() ->
            new NodeException(
                Reason.CONFIG_INVALID,
                "model_path is missing (expected: an initial model; make one with: cifer model"
                    + " init)"));
  }

  /// Has [#run] return soon, with everything on the disk that is needed to go on. By any thread.
  public void stop() {
    coordinator.askToStop();
  }

  @Override
  public void close() {
    worker.shutdownNow();
    coordinator.stop();
    endpoint.close();
    identity.close();
  }
}
