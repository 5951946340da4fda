package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.Phase;
import ai.cifer.fedlearn.round.RoundCommand;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.fedlearn.round.RoundMachine;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.identity.Role;
import ai.cifer.node.store.Damaged;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.node.wire.Streams;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.RoundOpen;
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
final class RoundDriver implements Coordinator.RoundTraffic, OpeningWork.Events {

  private static final System.Logger LOG = System.getLogger(RoundDriver.class.getName());

  /// How often the liveness rule is applied.
  private static final long TICK_MILLIS = 100;

  private final Coordinator coordinator;
  private final RoundSetting setting;
  private final RoundMachine machine;
  private final Liveness liveness;
  private final Drawing drawing;
  private final Gathering gathering;
  private final RoundWork work;
  private final RoundReports reports = new RoundReports();
  private final RoundMessages messages;
  private final RoundJournal journal;
  private final RoundRecord record;
  private final Receipts receipts;
  private final RoundEnd end;
  private final OpeningWork opening;
  private long openedNanos = System.nanoTime();

  /// Set when the round opens.
  private volatile @Nullable OpenRound open;

  private @Nullable HelperRequests requests;

  private @Nullable RoundOutcome outcome;

  /// @param journal what is taken in of the round
  /// @param record what a process before this one took in of it, if one did
  RoundDriver(
      Coordinator coordinator, RoundSetting setting, RoundJournal journal, RoundRecord record) {
    this.coordinator = coordinator;
    this.setting = setting;
    this.journal = journal;
    this.record = record;
    this.liveness =
        new Liveness(coordinator.roster(), setting.config().patience(), coordinator.grace());
    this.machine = record.machine().orElseGet(() -> begin(record.draws()));
    this.drawing = new Drawing(setting, coordinator, liveness);
    this.gathering = new Gathering(coordinator, setting, machine, this::accept);
    this.work = new RoundWork(coordinator, setting.worker());
    this.messages = new RoundMessages(setting, reports, drawing, journal);
    this.receipts = new Receipts(coordinator, journal);
    this.end = new RoundEnd(coordinator, setting, machine);
    this.opening =
        new OpeningWork(coordinator, setting, machine, work, reports, journal, end, this);
    // While clients join and train, the code that will add up and open is compiled.
    AggregationPlan.warmUp(
        setting.config().encryption(), setting.config().profile(), setting.upload());
  }

  private RoundMachine begin(int drawsBefore) {
    int there = coordinator.joined(Role.CLIENT).size();
    return new RoundMachine(setting.plan(there), drawsBefore);
  }

  RoundOutcome run() throws InterruptedException {
    try {
      if (record.open().isPresent()) {
        resume(record.open().get());
      } else {
        gathering.begin();
      }
      while (outcome == null) {
        if (coordinator.isStopping()) {
          journal.keep();
          return new RoundOutcome.Stopped(
              new NodeException(
                  Reason.INTERRUPTED,
                  "stopped in round %d; go on with the same command, or: cifer runs resume %s"
                      .formatted(setting.round(), setting.folder().run())));
        }
        coordinator.step(TICK_MILLIS);
        receipts.give();
        tick();
      }
      return outcome;
    } catch (UncheckedIOException disk) {
      return new RoundOutcome.Voided(DiskFailure.of(disk), true);
    } catch (Damaged damaged) {
      // What is uploaded meanwhile is not refused: its folder may be restored, and the run go on.
      coordinator.askToStop();
      return new RoundOutcome.Stopped(DiskFailure.of(damaged));
    } catch (IOException disk) {
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
      NodeException failure = DiskFailure.of(disk);
      end.because(failure);
      return Optional.of(new RoundEvent.RoundStopped(RoundEnd.publicReason(failure)));
    }
  }

  @Override
  public void accept(Seat seat, RoundEvent event, Envelope message) {
    if (event instanceof RoundEvent.HelperReady) {
      gathering.helperReady(seat);
    } else if (machine.changes(event)) {
      seat.alive();
      boolean signed = Kinds.OF_OPEN_ROUND.contains(message.kind());
      accept(
          event,
          new RoundJournal.Taken(
              seat.name(), signed ? Optional.of(message) : Optional.empty(), Optional.of(event)));
    }
    if (event instanceof RoundEvent.SegmentStored stored) {
      receipts.owe(seat.name(), setting.round(), stored.segment(), stored.attempt());
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
        stop(DiskFailure.of(disk));
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

  /// Takes in an event that came of no message.
  @Override
  public void accept(RoundEvent event) {
    accept(event, new RoundJournal.Taken("", Optional.empty(), Optional.of(event)));
  }

  /// Takes in an event: journal first, then the machine, then its commands. How a round comes about
  /// is not in the journal: it comes about again. Nor is that the model was made: it is made again
  /// of what is there, and is the same.
  @Override
  public void accept(RoundEvent event, RoundJournal.Entry entry) {
    if (!machine.changes(event)) {
      return;
    }
    setting.listener().on(new RunEvent.Advanced(setting.round(), event));
    if (machine.phase() == Phase.COLLECTING) {
      journal.add(entry);
    }
    List<RoundCommand> commands = machine.accept(event);
    if (!commands.isEmpty()) {
      setting.listener().keep();
      journal.keep();
    }
    commands.forEach(this::execute);
  }

  /// Goes on where a process before this one stood; whoever comes back is asked as if its link had
  /// been lost.
  private void resume(RoundOpen message) throws IOException {
    OpenRound opened = OpenRound.resume(setting, message, record.hasMean());
    take(opened);
    List<RoundCommand> pending = new RoundReplay(opened, machine, record, messages).run(journal);
    // What they are waited for begins now: that this process was away is not their fault.
    everybody().forEach(liveness::asked);
    for (RoundCommand command : pending) {
      if (command instanceof RoundCommand.RequestStatements request) {
        requireRequests().requestStatements(request);
      } else {
        execute(command);
      }
    }
    coordinator.joined(Role.KEY_HOLDER).forEach(this::joined);
    coordinator.joined(Role.CLIENT).forEach(this::joined);
  }

  private void execute(RoundCommand command) {
    switch (command) {
      case RoundCommand.AskCommitments ask -> {
        journal.add(new RoundJournal.DrawBegun(ask.draw()));
        journal.keep();
        drawing.ask(ask);
      }
      case RoundCommand.AskOpenings ask -> drawing.ask(ask);
      case RoundCommand.CloseDraw(int draw) -> accept(drawing.helpers(draw));
      case RoundCommand.OpenRound(SortedSet<String> clients, SortedSet<String> helpers) ->
          openRound(clients, helpers);
      case RoundCommand.SendShares shares -> {
        requireOpen().close(shares.segment());
        requireRequests().sendShares(shares);
      }
      case RoundCommand.ProposeCohort proposal -> requireRequests().propose(proposal);
      case RoundCommand.RequestReveal request -> {
        requireOpen()
            .certify(request.segment())
            .ifPresent(cohort -> journal.add(new RoundJournal.Certified(cohort)));
        requireRequests().requestReveal(request);
      }
      case RoundCommand.OpenSegment(int segment, SortedSet<String> cohort) -> {
        requireOpen().close(segment);
        opening.open(requireOpen(), segment, cohort);
        requireRequests().done(segment);
      }
      case RoundCommand.RequestStatements request -> attemptFailed(request);
      case RoundCommand.RetrySegment retry -> retry(retry);
      case RoundCommand.AbandonSegment(int segment, String reason) -> abandon(segment, reason);
      case RoundCommand.ApplyModel() -> opening.apply(requireOpen());
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

  private void abandon(int segment, String reason) {
    setting.listener().on(new RunEvent.SegmentAbandoned(setting.round(), segment, reason));
    try {
      requireOpen().abandoned(segment);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    requireRequests().done(segment);
  }

  private void retry(RoundCommand.RetrySegment command) {
    requireRequests().done(command.segment());
    SortedSet<String> names = new TreeSet<>(command.clients());
    names.addAll(command.helpers());
    sendRetries(List.of(requireOpen().retry(command.segment(), command.repeated())), names);
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
    RoundOpen message =
        RoundAnnouncement.of(
            setting, members, helpers, machine.threshold(), messages.hellos(), drawing.drawn());
    try {
      take(OpenRound.begin(setting, message));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    byte[] body = message.encode();
    journal.add(new RoundJournal.Opened(Bytes.of(body)));
    journal.keep();
    setting.listener().on(new RunEvent.RoundOpened(setting.round(), List.copyOf(clients)));
    everybody().forEach(name -> send(name, Kinds.ROUND_OPEN, List.of(body)));
  }

  private void take(OpenRound opened) {
    open = opened;
    SumRequests sums = new SumRequests(coordinator, liveness, work, opened, this::stop);
    requests =
        new HelperRequests(
            coordinator, liveness, setting, opened, sums, machine.threshold(), this::stop);
    messages.open(opened, sums);
    openedNanos = System.nanoTime();
  }

  @Override
  public void stop(NodeException failure) {
    end.because(failure);
    accept(new RoundEvent.RoundStopped(RoundEnd.publicReason(failure)));
  }

  /// Clients and helpers; who is both is named once.
  private SortedSet<String> everybody() {
    SortedSet<String> names = new TreeSet<>(machine.clients());
    names.addAll(machine.helpers());
    return names;
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
    outcome = end.outcome(reason);
  }

  /// Applies the liveness rule, unless the operator decided otherwise.
  private void tick() throws IOException {
    if (machine.phase() == Phase.GATHERING) {
      gathering.tick();
      return;
    }
    if (machine.phase() == Phase.COLLECTING) {
      end.overridden().ifPresent(this::accept);
    }
    HelperRequests asked = requests;
    if (asked != null && !machine.phase().isOver()) {
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
        setting,
        List.copyOf(machine.clients()),
        List.copyOf(machine.contributors()),
        machine.abandoned(),
        (System.nanoTime() - openedNanos) / 1e9,
        requireOpen().modelDigest());
  }
}
