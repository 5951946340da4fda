package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.Bounds;
import ai.cifer.fedlearn.round.Phase;
import ai.cifer.fedlearn.round.RoundCommand;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.fedlearn.round.RoundMachine;
import ai.cifer.fedlearn.round.RoundPlan;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.identity.Role;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.node.wire.Streams;
import ai.cifer.secagg.message.Draw;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Drives the phase machine of one round: turns messages into its events, logs each before it takes
/// effect, and carries out its commands.
final class RoundDriver implements Coordinator.RoundTraffic {

  private static final System.Logger LOG = System.getLogger(RoundDriver.class.getName());

  /// How often the liveness rule is applied.
  private static final long TICK_MILLIS = 100;

  /// Progress is shown at most so often.
  private static final long PROGRESS_NANOS = 200_000_000;

  private final Coordinator coordinator;
  private final RoundSetting setting;
  private final RoundMachine machine;
  private final Liveness liveness;
  private final Drawing drawing;
  private final Gathering gathering;
  private final RoundWork work;
  private final RoundReports reports = new RoundReports();
  private final RoundMessages messages;
  private long openedNanos = System.nanoTime();

  /// Set when the round opens.
  private volatile @Nullable OpenRound open;

  private @Nullable HelperRequests requests;

  private @Nullable RoundOutcome outcome;

  /// The failure behind the event that ends the round, if it came from outside the protocol.
  private @Nullable NodeException cause;

  /// Why a segment did not open; with more reveals it may yet.
  private @Nullable NodeException openingFailed;

  RoundDriver(Coordinator coordinator, RoundSetting setting) {
    this.coordinator = coordinator;
    this.setting = setting;
    this.liveness = new Liveness(coordinator.roster(), setting.config().patience());
    this.machine = new RoundMachine(plan());
    this.drawing = new Drawing(setting, coordinator, liveness);
    this.gathering = new Gathering(coordinator, setting, machine, this::accept);
    this.work = new RoundWork(coordinator, setting.worker());
    this.messages = new RoundMessages(setting, reports, drawing);
    // While clients join and train, the code that will add up and open is compiled.
    AggregationPlan.warmUp(
        setting.config().encryption(), setting.config().profile(), setting.upload());
  }

  private RoundPlan plan() {
    int most = setting.config().roundClients();
    int least = setting.config().minClients();
    // A later round takes whoever is there: waiting for one that was lost would cost each round the
    // whole patience.
    int there = coordinator.joined(Role.CLIENT).size();
    int max = setting.round() == 1 ? most : Math.clamp(there, least, most);
    Bounds helpers =
        switch (setting.config().encryption()) {
          case NONE -> new Bounds(0, 0);
          case KEY_HOLDER, CKKS, PAILLIER -> new Bounds(1, 1);
          case SECURE_AGGREGATION -> new Bounds(least, max);
        };
    int segments = setting.upload().segments(setting.config().segmentParameters()).size();
    return new RoundPlan(
        setting.round(),
        new Bounds(least, max),
        helpers,
        setting.config().trust().quorum(),
        Draw.HELPERS,
        segments,
        setting.config().maxAttempts());
  }

  RoundOutcome run() throws InterruptedException {
    try {
      gathering.begin();
      while (outcome == null) {
        coordinator.step(TICK_MILLIS);
        tick();
      }
      return outcome;
    } catch (UncheckedIOException disk) {
      return new RoundOutcome.Voided(DiskFailure.of(disk), true);
    } catch (RuntimeException failure) {
      LOG.log(System.Logger.Level.ERROR, "the round failed", failure);
      return new RoundOutcome.Voided(
          new NodeException(Reason.ROUND_ABORTED, "internal failure: " + failure, failure), true);
    } finally {
      coordinator.traffic(null);
      work.close();
      OpenRound opened = open;
      if (opened != null) {
        opened.close();
      }
    }
  }

  @Override
  public void joined(Seat seat) {
    if (machine.phase() == Phase.GATHERING) {
      gathering.joined(seat);
    } else if (machine.phase() == Phase.DRAWING) {
      leftDraw(seat.name(), "came back while helpers were drawn");
    } else if (machine.phase() == Phase.COLLECTING) {
      cameBack(seat);
    }
  }

  /// A client may still train for this round, unless its update began to leave: that it knows from
  /// its own journal. A helper whose process ended has lost its key, but not the sums that it
  /// signed.
  private void cameBack(Seat seat) {
    String name = seat.name();
    boolean helps = machine.helpers().contains(name);
    boolean restarted = seat.activeRound() != setting.round();
    if (helps && restarted) {
      accept(new RoundEvent.HelperRestarted(name));
    }
    if (machine.phase().isOver()) {
      return;
    }
    sendRetries(requireOpen().retries(), new TreeSet<>(List.of(name)));
    if (machine.awaitedClients().contains(name) || (helps && restarted)) {
      send(name, Kinds.ROUND_OPEN, List.of(requireOpen().message().encode()));
    }
    if (helps) {
      requireRequests().askAgain(name);
    }
  }

  @Override
  public void left(String name, String reason) {
    if (machine.phase() == Phase.GATHERING) {
      messages.forgetHello(name);
      gathering.left(name, reason);
    } else if (machine.phase() == Phase.DRAWING) {
      leftDraw(name, reason);
    }
  }

  /// Drawing takes seconds, and all have to open: nobody is waited for who may have lost what it
  /// committed to.
  private void leftDraw(String name, String reason) {
    accept(new RoundEvent.ClientWithdrew(name, reason));
    accept(new RoundEvent.HelperLost(name, reason));
  }

  @Override
  public Optional<RoundEvent> read(Seat seat, Envelope envelope) throws IOException {
    try {
      return messages.read(seat, envelope);
    } catch (UncheckedIOException disk) {
      cause = DiskFailure.of(disk);
      return Optional.of(new RoundEvent.RoundStopped(publicReason(cause)));
    }
  }

  @Override
  public void accept(Seat seat, RoundEvent event) {
    if (event instanceof RoundEvent.HelperReady) {
      gathering.helperReady(seat);
    } else if (machine.changes(event)) {
      seat.alive();
      accept(event);
    }
  }

  @Override
  public BlockSink upload(Seat seat, Streams.SegmentRef segment, long length) throws IOException {
    return new WatchedSink(
        WatchedSink.watch(
            () -> messages.opened().upload(seat, segment, length), this::uploadFailed),
        this::uploadFailed);
  }

  private void uploadFailed(IOException disk) {
    coordinator.later(() -> {
      if (!machine.phase().isOver()) {
        cause = DiskFailure.of(disk);
        accept(new RoundEvent.RoundStopped(publicReason(cause)));
      }
    });
  }

  @Override
  public List<Path> model(int round) throws LinkRefused {
    if (round != setting.round()) {
      throw LinkRefused.declined(
          "model of round %d (expected: of round %d, which is open)"
              .formatted(round, setting.round()));
    }
    List<Path> files = new ArrayList<>();
    files.add(setting.folder().values(setting.base()));
    files.addAll(setting.memory().sentFiles(setting.folder()));
    return files;
  }

  /// Takes in an event: log first, then the machine, then its commands.
  private void accept(RoundEvent event) {
    if (!machine.changes(event)) {
      return;
    }
    setting.listener().on(new RunEvent.Advanced(setting.round(), event));
    List<RoundCommand> commands = machine.accept(event);
    if (!commands.isEmpty()) {
      setting.listener().keep();
    }
    commands.forEach(this::execute);
  }

  private void execute(RoundCommand command) {
    switch (command) {
      case RoundCommand.AskCommitments ask -> drawing.ask(ask);
      case RoundCommand.AskOpenings ask -> drawing.ask(ask);
      case RoundCommand.CloseDraw(int draw) -> accept(drawing.helpers(draw));
      case RoundCommand.OpenRound(SortedSet<String> clients, SortedSet<String> helpers) ->
          openRound(clients, helpers);
      case RoundCommand.SendShares shares -> {
        requireOpen().close(shares.segment());
        requireRequests().sendShares(shares);
      }
      case RoundCommand.ProposeCohort proposal -> requireRequests().propose(proposal);
      case RoundCommand.RequestReveal request -> requireRequests().requestReveal(request);
      case RoundCommand.OpenSegment(int segment, SortedSet<String> cohort) -> {
        requireOpen().close(segment);
        openSegment(segment, cohort);
        requireRequests().done(segment);
      }
      case RoundCommand.RequestStatements request -> attemptFailed(request);
      case RoundCommand.RetrySegment retry -> retry(retry);
      case RoundCommand.ApplyModel() -> applyModel();
      case RoundCommand.Complete() -> complete();
      case RoundCommand.Abandon(String reason) -> abandon(reason);
    }
  }

  private void attemptFailed(RoundCommand.RequestStatements request) {
    setting
        .listener()
        .on(
            new RunEvent.AttemptFailed(
                setting.round(), request.segment(), request.attempt(), request.reason()));
    try {
      requireOpen().attemptFailed(request.segment());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    requireRequests().requestStatements(request);
  }

  private void retry(RoundCommand.RetrySegment command) {
    requireRequests().done(command.segment());
    SortedSet<String> names = new TreeSet<>(command.clients());
    names.addAll(command.helpers());
    sendRetries(List.of(requireOpen().retry(command.segment())), names);
  }

  private void sendRetries(List<Retry> retries, SortedSet<String> names) {
    List<byte[]> bodies = retries.stream().map(Retry::encode).toList();
    names.forEach(name -> send(name, Kinds.RETRY, bodies));
  }

  private OpenRound requireOpen() {
    OpenRound opened = open;
    if (opened == null) {
      throw new IllegalStateException("the machine commands nothing before it opens the round");
    }
    return opened;
  }

  private HelperRequests requireRequests() {
    HelperRequests opened = requests;
    if (opened == null) {
      throw new IllegalStateException("the machine commands nothing before it opens the round");
    }
    return opened;
  }

  private void send(String name, String kind, List<byte[]> bodies) {
    liveness.asked(name);
    for (byte[] body : bodies) {
      coordinator.broadcast(new Envelope(kind, "", body), List.of(name));
    }
  }

  private void openRound(SortedSet<String> clients, SortedSet<String> helpers) {
    SortedMap<String, Seat> members = new TreeMap<>(gathering.seats());
    members.keySet().removeIf(name -> !clients.contains(name) && !helpers.contains(name));
    OpenRound opened;
    try {
      opened =
          OpenRound.begin(
              setting, members, helpers, machine.threshold(), messages.hellos(), drawing.drawn());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    open = opened;
    SumRequests sums = new SumRequests(coordinator, liveness, work, opened, this::stop);
    requests =
        new HelperRequests(
            coordinator, liveness, setting, opened, sums, machine.threshold(), this::stop);
    messages.open(opened, sums);
    openedNanos = System.nanoTime();
    setting.listener().on(new RunEvent.RoundOpened(setting.round(), List.copyOf(clients)));
    byte[] message = opened.message().encode();
    everybody().forEach(name -> send(name, Kinds.ROUND_OPEN, List.of(message)));
  }

  private void stop(NodeException failure) {
    cause = failure;
    accept(new RoundEvent.RoundStopped(publicReason(failure)));
  }

  /// Clients and helpers; who is both is named once.
  private SortedSet<String> everybody() {
    SortedSet<String> names = new TreeSet<>(machine.clients());
    names.addAll(machine.helpers());
    return names;
  }

  private void openSegment(int segment, SortedSet<String> cohort) {
    OpenRound opened = requireOpen();
    FoldInput input = opened.foldInput(segment, cohort);
    int reveals = machine.reveals(segment);
    int attempt = machine.attempt(segment);
    work.start(
        () -> opened.fold(input, progress("fold"), reports),
        examples -> {
          opened
              .blamed(segment)
              .forEach(helper -> accept(new RoundEvent.HelperBlamed(helper, segment, attempt)));
          opened.release(segment);
          accept(new RoundEvent.SegmentOpened(segment, attempt, examples));
        },
        failure -> {
          if (failure.reason() == Reason.OPENING_FAILED) {
            openingFailed = failure;
            accept(
                new RoundEvent.OpeningFailed(
                    segment, attempt, reveals, String.valueOf(failure.getMessage())));
          } else {
            stop(failure);
          }
        });
  }

  private void applyModel() {
    OpenRound opened = requireOpen();
    work.start(
        () -> {
          opened.apply(progress("evaluate"), reports);
          return 0L;
        },
        any -> accept(new RoundEvent.ModelApplied()),
        this::stop);
  }

  /// What participants are told of a failure: what they had a part in. The rest may name files,
  /// data or people of this machine.
  static String publicReason(NodeException failure) {
    return switch (failure.reason()) {
      case TOO_FEW_PARTICIPANTS, KEY_HOLDER_LOST, OPENING_FAILED, ROUND_ABORTED ->
          String.valueOf(failure.getMessage());
      case DISK -> "the coordinator's disk failed";
      default -> "the coordinator cannot go on; its own output says why";
    };
  }

  private Trainer.Progress progress(String step) {
    long[] toldNanos = {System.nanoTime()};
    return (done, total) -> {
      if (System.nanoTime() - toldNanos[0] < PROGRESS_NANOS) {
        return;
      }
      toldNanos[0] = System.nanoTime();
      coordinator.later(() ->
          setting
              .listener()
              .on(
                  new RunEvent.Progress(
                      setting.round(), setting.identity().name(), step, done, total)));
    };
  }

  private void complete() {
    RoundResult result = requireOpen().result();
    byte[] message = result.encode();
    everybody().forEach(name -> send(name, Kinds.ROUND_RESULT, List.of(message)));
    outcome = new RoundOutcome.Completed(summary(), result.hash(), requireOpen().nextClips());
  }

  private void abandon(String reason) {
    setting.listener().on(new RunEvent.RoundVoided(setting.round(), reason));
    byte[] body = new ControlMessage.RoundVoid(setting.round(), reason).envelope().body();
    String kind = ControlMessage.kind(ControlMessage.RoundVoid.class);
    everybody().forEach(name -> send(name, kind, List.of(body)));
    NodeException known = cause == null ? openingFailed : cause;
    outcome =
        known != null
            ? new RoundOutcome.Voided(known, known.reason() != Reason.OPENING_FAILED)
            : new RoundOutcome.Voided(new NodeException(voidReason(), reason), isHopeless());
  }

  /// Whether further rounds would end like this one: so many refuse, by their own files, to take
  /// part in any that those who are left are too few.
  private boolean isHopeless() {
    boolean tooFew =
        coordinator.joined(Role.CLIENT).size() < machine.plan().clients().min()
            || (setting.config().encryption().hasKeyHolder()
                && coordinator.joined(Role.KEY_HOLDER).isEmpty());
    return tooFew && coordinator.roster().hasAbstainers();
  }

  private Reason voidReason() {
    if (setting.config().encryption().hasKeyHolder()
        && coordinator.joined(Role.KEY_HOLDER).isEmpty()) {
      return Reason.KEY_HOLDER_LOST;
    }
    return coordinator.joined(Role.CLIENT).size() < machine.plan().clients().min()
        ? Reason.TOO_FEW_PARTICIPANTS
        : Reason.ROUND_ABORTED;
  }

  /// Applies the liveness rule.
  private void tick() {
    if (machine.phase() == Phase.GATHERING) {
      gathering.tick();
      return;
    }
    HelperRequests asked = requests;
    if (asked != null) {
      asked.tick();
    }
    SortedSet<String> working = machine.awaitedClients();
    endWorkInTime(working);
    SortedSet<String> awaited = new TreeSet<>(working);
    awaited.addAll(machine.awaitedHelpers());
    SortedSet<String> irreplaceable = machine.irreplaceableHelpers();
    for (String name : awaited) {
      Optional<String> silent =
          liveness.givenUp(name, working.contains(name), irreplaceable.contains(name));
      // Who is client and helper is one process: if it is silent it is so as both.
      silent.ifPresent(reason -> {
        accept(new RoundEvent.ClientWithdrew(name, reason));
        accept(new RoundEvent.HelperLost(name, reason));
      });
    }
  }

  /// What a client tells of its training nobody can check, so that only a limit of the round ends
  /// it for sure.
  private void endWorkInTime(SortedSet<String> working) {
    setting
        .config()
        .roundLimit()
        .filter(limit -> System.nanoTime() - openedNanos > limit.toNanos())
        .ifPresent(limit -> {
          String reason = "not done in time (round_limit: %d s)".formatted(limit.toSeconds());
          working.forEach(name -> accept(new RoundEvent.ClientWithdrew(name, reason)));
        });
  }

  private RoundSummary summary() {
    return reports.summary(
        setting.round(),
        List.copyOf(machine.clients()),
        List.copyOf(machine.contributors()),
        (System.nanoTime() - openedNanos) / 1e9,
        requireOpen().modelDigest());
  }
}
