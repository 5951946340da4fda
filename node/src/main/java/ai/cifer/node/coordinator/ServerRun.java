package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.Plugins;
import ai.cifer.node.RunResult;
import ai.cifer.node.config.Address;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Federation;
import ai.cifer.node.identity.Identities;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Role;
import ai.cifer.node.identity.SignedIdentities;
import ai.cifer.node.store.EventLog;
import ai.cifer.node.store.JsonFile;
import ai.cifer.node.store.RunFolder;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.transport.NetworkEndpoint;
import ai.cifer.transport.Port;
import ai.cifer.transport.PortFigures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A coordinator from its configuration to the end of the run.
public final class ServerRun implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ServerRun.class.getName());

  /// A void round is tried again; so many in a row are not bad luck any more.
  private static final int MAX_VOID_IN_A_ROW = 3;

  private static final DateTimeFormatter RUN_ID =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  private final ServerConfig config;
  private final InstantSource clock;
  private final RunListener listener;
  private final Identity identity;
  private final Coordinator coordinator;
  private final NetworkEndpoint endpoint;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("coordinator-worker").daemon().factory());

  private ServerRun(
      ServerConfig config,
      InstantSource clock,
      RunListener listener,
      Identity identity,
      Coordinator coordinator,
      NetworkEndpoint endpoint) {
    this.config = config;
    this.clock = clock;
    this.listener = listener;
    this.identity = identity;
    this.coordinator = coordinator;
    this.endpoint = endpoint;
  }

  /// Binds the port and lets participants in.
  ///
  /// @throws NodeException if the identity or the port is unusable
  public static ServerRun start(ServerConfig config, InstantSource clock, RunListener listener)
      throws NodeException {
    Port port = port(config);
    Identity identity = Identities.load(config.credentials(), Role.COORDINATOR, clock);
    Coordinator coordinator = new Coordinator(config.ids().get("encoded_project_id"), listener);
    try {
      NetworkEndpoint endpoint =
          NetworkEndpoint.start(
              port, identity.tls(), SignedIdentities.of(identity, clock), coordinator);
      return new ServerRun(config, clock, listener, identity, coordinator, endpoint);
    } catch (IOException failure) {
      identity.close();
      throw new NodeException(
          Reason.PORT_IN_USE,
          "port: %d: %s".formatted(config.address().port(), failure.getMessage()),
          failure);
    }
  }

  private static Port port(ServerConfig config) throws NodeException {
    Address address = config.address();
    Port.Admission admission =
        !address.isSecure()
            ? Port.Admission.SIGNATURE_WITHOUT_TLS
            : config.credentials().signs() ? Port.Admission.SIGNATURE : Port.Admission.CERTIFICATE;
    return Port.of(address.host(), address.port())
        .admitting(admission, Identities.proxies(config.credentials()));
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
      coordinator.dismiss(new ControlMessage.RunEnd(0, RoundDriver.publicReason(failure)));
      coordinator.strays().awaitAnswers();
      throw failure;
    }
  }

  private RunResult begun(Strategy strategy) throws NodeException, InterruptedException {
    StrategyChoice.requireFits(strategy, config);
    Optional<Path> dataset = config.dataset().or(strategy::dataPath);
    Optional<Trainer> evaluation =
        dataset.isPresent()
            ? Optional.of(
                Plugins.trainer(
                    config.trainer(),
                    dataset,
                    Dataset.Split.TEST,
                    config.graph().or(config::model),
                    config.runs(),
                    config.patience()))
            : Optional.empty();
    try {
      if (evaluation.isPresent()) {
        prepare(evaluation.get());
      }
      RunFolder folder = createFolder();
      try (EventLog log = EventLog.create(folder.events(), clock);
          GlobalModelFile initial =
              GlobalModelFile.initial(modelPath(strategy), config.graph(), folder)) {
        return run(strategy, evaluation, folder, log, initial);
      } catch (IOException | UncheckedIOException failure) {
        throw DiskFailure.of(failure);
      }
    } finally {
      evaluation.ifPresent(Trainer::close);
    }
  }

  private RunResult run(
      Strategy strategy,
      Optional<Trainer> evaluation,
      RunFolder folder,
      EventLog log,
      GlobalModelFile initial)
      throws IOException, NodeException, InterruptedException {
    RunListener both =
        new RunListener() {
          @Override
          public void on(RunEvent event) {
            log.on(event);
            listener.on(event);
          }

          @Override
          public void keep() {
            log.keep();
          }
        };
    JsonFile.write(folder.config(), new RecordedConfig(config, strategy, folder.run()));
    GlobalModel model = initial.model();
    TrainConfig train = config.train(strategy.trainConfig(1));
    requireSmall(train.upload(model.tensors().layout()));
    both.on(
        new RunEvent.RunStarted(
            folder.run(),
            config.encryption().key(),
            strategy.name(),
            GlobalModel.label(model.architecture()),
            config.rounds(),
            config.roundClients(),
            model.tensors().layout().parameters(),
            4 * model.tensors().layout().parameters(),
            evaluate(evaluation, model)));
    List<RoundSummary> summaries = new ArrayList<>();
    Optional<NodeException> reason;
    try {
      reason = rounds(strategy, evaluation, folder, both, initial, summaries);
      deleteWork(folder);
    } catch (IOException | UncheckedIOException failure) {
      reason = Optional.of(DiskFailure.of(failure));
    } catch (NodeException failure) {
      reason = Optional.of(failure);
    }
    return end(folder, log, summaries, reason);
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
          config.clip(), config.train(strategy.trainConfig(1)), model.tensors().layout());
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
    } catch (UncheckedIOException failure) {
      known = reason.or(() -> Optional.of(DiskFailure.of(failure)));
    }
    coordinator.dismiss(
        new ControlMessage.RunEnd(
            summaries.size(), known.map(RoundDriver::publicReason).orElse("")));
    awaitStrays();
    listener.on(ended);
    return new RunResult(folder.run(), folder.path(), summaries, known);
  }

  /// Whoever lost its link a moment ago would not find anybody to ask.
  private void awaitStrays() throws InterruptedException {
    coordinator.strays().awaitAnswers();
    Duration grace = Liveness.grace(config.patience());
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

  /// @return why the run ended early, if it did
  private Optional<NodeException> rounds(
      Strategy strategy,
      Optional<Trainer> evaluation,
      RunFolder folder,
      RunListener listener,
      GlobalModelFile initial,
      List<RoundSummary> summaries)
      throws IOException, NodeException, InterruptedException {
    Bytes previous = RoundOpen.NO_RESULT;
    GlobalModelFile current = initial;
    List<Float> clips = firstClips(strategy, initial.model());
    ModelLayout layout = initial.model().tensors().layout();
    StrategyMemory memory = StrategyMemory.initial(strategy, layout, folder);
    int voidInARow = 0;
    Optional<NodeException> ended = Optional.empty();
    for (int round = 1; !isDone(strategy, summaries, listener) && ended.isEmpty(); round++) {
      RoundDriver driver =
          new RoundDriver(
              coordinator,
              new RoundSetting(
                  config,
                  identity,
                  new CertificateEnrolment(identity, clock),
                  Federation.of(identity),
                  folder,
                  round,
                  current.round(),
                  current.model(),
                  clips,
                  previous,
                  strategy,
                  memory,
                  evaluation,
                  listener,
                  worker));
      coordinator.traffic(driver);
      RoundOutcome outcome = driver.run();
      switch (outcome) {
        case RoundOutcome.Completed(RoundSummary summary, Bytes result, List<Float> next) -> {
          voidInARow = 0;
          previous = result;
          clips = next;
          summaries.add(summary);
          JsonFile.write(folder.metrics(), summaries);
          current = current.replacedBy(round, folder);
          memory = memory.replacedBy(round, layout, folder);
          listener.on(new RunEvent.RoundCompleted(summary));
        }
        case RoundOutcome.Voided(NodeException reason, boolean fatal) -> {
          voidInARow++;
          if (fatal || voidInARow == MAX_VOID_IN_A_ROW) {
            ended = Optional.of(reason);
          }
        }
      }
      deleteRound(folder, round);
    }
    memory.close();
    current.export(folder);
    current.close();
    return ended;
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

  /// What is left of a round does no harm, so that failing to delete it does not end the run.
  private static void deleteRound(RunFolder folder, int round) {
    try {
      folder.deleteRound(round);
    } catch (IOException failure) {
      LOG.log(
          System.Logger.Level.WARNING,
          "files of round {0} remain: {1}",
          round,
          failure.getMessage());
    }
  }

  /// As [#deleteRound]: somebody who was given up may still be sending into it.
  private static void deleteWork(RunFolder folder) {
    try {
      folder.deleteWork();
    } catch (IOException failure) {
      LOG.log(System.Logger.Level.WARNING, "working files remain: {0}", failure.getMessage());
    }
  }

  /// The data that the model is measured on goes through the same steps as the clients'.
  private void prepare(Trainer evaluation) throws NodeException {
    try {
      evaluation.prepare(config.preprocessing());
    } catch (TrainingException failure) {
      throw new NodeException(Reason.DATASET_MISMATCH, failure);
    }
  }

  private static Optional<Metrics> evaluate(Optional<Trainer> evaluation, GlobalModel model)
      throws NodeException {
    if (evaluation.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(evaluation.get().evaluate(model, Trainer.Progress.NONE));
    } catch (TrainingException failure) {
      throw NodeException.of(Reason.DATASET_MISMATCH, failure);
    }
  }

  private RunFolder createFolder() throws NodeException {
    String run = config.run().orElseGet(() -> RUN_ID.format(clock.instant()));
    try {
      return RunFolder.create(config.runs(), run);
    } catch (FileAlreadyExistsException exists) {
      throw new NodeException(Reason.CONFIG_INVALID, "run_id: " + exists.getReason(), exists);
    } catch (IOException failure) {
      throw DiskFailure.of(failure);
    }
  }

  private Path modelPath(Strategy strategy) throws NodeException {
    return config
        .model()
        .or(strategy::modelPath)
        .orElseThrow(() ->
            new NodeException(
                Reason.CONFIG_INVALID,
                "model_path is missing (expected: an initial model; make one with: cifer model"
                    + " init)"));
  }

  @Override
  public void close() {
    worker.shutdownNow();
    coordinator.stop();
    endpoint.close();
    identity.close();
  }
}
