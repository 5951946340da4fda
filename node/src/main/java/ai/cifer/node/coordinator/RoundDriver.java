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
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Role;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.node.wire.Streams;
import ai.cifer.secagg.identity.NotEnrolled;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// Drives the phase machine of one round: turns messages into its events, logs each before it takes
/// effect, and carries out its commands.
final class RoundDriver implements Coordinator.RoundTraffic {

  private static final System.Logger LOG = System.getLogger(RoundDriver.class.getName());

  /// How often the liveness rule is applied.
  private static final long TICK_MILLIS = 100;

  /// Progress is shown at most so often.
  private static final long PROGRESS_NANOS = 200_000_000;

  /// Below the 64 segments whose shares a helper holds at once.
  private static final int SEGMENTS_IN_FLIGHT = 16;

  private final Coordinator coordinator;
  private final RoundSetting setting;
  private final RoundMachine machine;
  private final Liveness liveness;
  private final SortedMap<String, Seat> seats = new TreeMap<>();
  private final RoundWork work;

  /// What helpers were asked last for each segment that they work on.
  private final SortedMap<Integer, RoundCommand> pending = new TreeMap<>();

  private final Queue<RoundCommand.SendShares> waiting = new ArrayDeque<>();
  private final RoundReports reports = new RoundReports();
  private final RoundMessages messages;
  private long openedNanos = System.nanoTime();

  /// Set when the round opens.
  private volatile @Nullable OpenRound open;

  private @Nullable RoundOutcome outcome;

  /// The failure behind the event that ends the round, if it came from outside the protocol.
  private @Nullable NodeException cause;

  private long lastArrivalNanos = System.nanoTime();
  private boolean waitingTold;

  RoundDriver(Coordinator coordinator, RoundSetting setting) {
    this.coordinator = coordinator;
    this.setting = setting;
    this.liveness = new Liveness(coordinator.roster(), setting.config().patience());
    this.machine = new RoundMachine(plan());
    this.work = new RoundWork(coordinator, setting.worker());
    this.messages = new RoundMessages(setting, reports);
  }

  private RoundPlan plan() {
    int most = setting.config().roundClients();
    int least = setting.config().minClients();
    // A later round takes whoever is there: waiting for one that was lost would cost each round the
    // whole patience.
    int there = coordinator.joined(Role.CLIENT).size();
    int max = setting.round() == 1 ? most : Math.clamp(there, least, most);
    int helpers = setting.config().encryption().isProtected() ? 1 : 0;
    int segments =
        setting.model().tensors().layout().segments(setting.config().segmentParameters()).size();
    return new RoundPlan(
        setting.round(), new Bounds(least, max), new Bounds(helpers, helpers), segments);
  }

  RoundOutcome run() throws InterruptedException {
    try {
      gather();
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

  private void gather() {
    List<Seat> clients = new ArrayList<>(coordinator.joined(Role.CLIENT));
    // More clients than the round takes: each has the same chance.
    Collections.shuffle(
        clients,
        RandomGeneratorFactory.of("L64X128MixRandom")
            .create(31 * setting.config().seed() + setting.round()));
    coordinator.joined(Role.KEY_HOLDER).forEach(this::joined);
    clients.forEach(this::joined);
  }

  @Override
  public void joined(Seat seat) {
    if (!enrolled(seat)) {
      return;
    }
    switch (seat.participant.role()) {
      case CLIENT -> clientJoined(seat);
      case KEY_HOLDER -> helperJoined(seat);
      case COORDINATOR -> throw new IllegalStateException("the roster admits no coordinator");
    }
  }

  /// A certificate may have expired since its owner connected; everybody else would refuse a roster
  /// with it.
  private boolean enrolled(Seat seat) {
    try {
      setting
          .enrolment()
          .key(
              seat.name(),
              CertificateEnrolment.protocolRole(seat.participant.role()),
              seat.participant.certificate().getEncoded());
      return true;
    } catch (NotEnrolled | CertificateEncodingException refused) {
      seat.session.close(String.valueOf(refused.getMessage()));
      return false;
    }
  }

  private void clientJoined(Seat seat) {
    RoundEvent ready = new RoundEvent.ClientReady(seat.name());
    if (machine.phase() == Phase.GATHERING) {
      if (seat.examples() < 1) {
        LOG.log(System.Logger.Level.WARNING, "{0} has no examples", seat.name());
        return;
      }
      seats.put(seat.name(), seat);
      if (machine.changes(ready)) {
        lastArrivalNanos = System.nanoTime();
        accept(ready);
      }
    } else if (machine.clients().contains(seat.name()) && seat.activeRound() != setting.round()) {
      accept(
          new RoundEvent.ClientWithdrew(
              seat.name(), "restarted; it takes part again in the next round"));
    }
  }

  private void helperJoined(Seat seat) {
    if (!setting.config().encryption().isProtected()) {
      return;
    }
    if (machine.phase() == Phase.GATHERING) {
      lastArrivalNanos = System.nanoTime();
      seats.put(seat.name(), seat);
      seat.session.send(
          new ControlMessage.HelloRequest(
                  setting.federation(), setting.folder().run(), setting.round())
              .envelope());
    } else if (machine.helpers().contains(seat.name())) {
      if (seat.activeRound() == setting.round()) {
        List.copyOf(pending.values()).forEach(this::ask);
      } else {
        accept(
            new RoundEvent.HelperLost(
                seat.name(), "restarted; its key of this round existed in memory only"));
      }
    }
  }

  @Override
  public void left(String name, String reason) {
    if (machine.phase() == Phase.GATHERING) {
      if (machine.clients().contains(name)) {
        accept(new RoundEvent.ClientWithdrew(name, reason));
      } else if (machine.helpers().contains(name)) {
        messages.forgetHello(name);
        accept(new RoundEvent.HelperLost(name, reason));
      }
    }
  }

  @Override
  public Optional<RoundEvent> read(Seat seat, Envelope envelope) throws IOException {
    return messages.read(seat, envelope);
  }

  @Override
  public void accept(Seat seat, RoundEvent event) {
    if (machine.changes(event)) {
      seat.alive();
      accept(event);
    }
  }

  @Override
  public BlockSink upload(Seat seat, Streams.SegmentRef segment, long length) throws IOException {
    return messages.opened().upload(seat, segment, length);
  }

  @Override
  public Path model(int round) throws LinkRefused {
    if (round != setting.round()) {
      throw LinkRefused.declined(
          "model of round %d (expected: of round %d, which is open)"
              .formatted(round, setting.round()));
    }
    return setting.folder().values(setting.base());
  }

  /// Takes in an event: log first, then the machine, then its commands.
  private void accept(RoundEvent event) {
    if (!machine.changes(event)) {
      return;
    }
    setting.listener().on(new RunEvent.Advanced(setting.round(), event));
    machine.accept(event).forEach(this::execute);
  }

  private void execute(RoundCommand command) {
    switch (command) {
      case RoundCommand.OpenRound(SortedSet<String> clients, SortedSet<String> helpers) ->
          openRound(clients, helpers);
      case RoundCommand.SendShares shares -> {
        requireOpen().close(shares.segment());
        waiting.add(shares);
        askForWaiting();
      }
      case RoundCommand.ProposeCohort proposal -> {
        pending.put(proposal.segment(), proposal);
        ask(proposal);
      }
      case RoundCommand.RequestReveal request -> {
        pending.put(request.segment(), request);
        ask(request);
      }
      case RoundCommand.OpenSegment(int segment, SortedSet<String> cohort) -> {
        requireOpen().close(segment);
        pending.remove(segment);
        openSegment(segment, cohort);
        askForWaiting();
      }
      case RoundCommand.ApplyModel() -> applyModel();
      case RoundCommand.Complete() -> complete();
      case RoundCommand.Abandon(String reason) -> abandon(reason);
    }
  }

  /// Starts on segments that wait for helpers, a few at a time: shares of all segments of a large
  /// model at once would fill the helpers' memory.
  private void askForWaiting() {
    while (pending.size() < SEGMENTS_IN_FLIGHT && !waiting.isEmpty()) {
      RoundCommand.SendShares shares = waiting.remove();
      pending.put(shares.segment(), shares);
      ask(shares);
    }
  }

  /// Sends helpers what a command asks of them; asking again is harmless.
  private void ask(RoundCommand command) {
    switch (command) {
      case RoundCommand.SendShares(
              int segment,
              SortedSet<String> clients,
              SortedSet<String> helpers) -> {
        for (String helper : helpers) {
          send(helper, Kinds.SHARES, requireOpen().shares(segment, clients, helper));
        }
      }
      case RoundCommand.ProposeCohort(
              int segment,
              SortedSet<String> cohort,
              SortedSet<String> helpers) -> {
        byte[] proposal = requireOpen().propose(segment, cohort).encode();
        helpers.forEach(helper -> send(helper, Kinds.COHORT, List.of(proposal)));
      }
      case RoundCommand.RequestReveal(int segment, SortedSet<String> helpers) -> {
        byte[] request = requireOpen().revealRequest(segment).encode();
        helpers.forEach(helper -> send(helper, Kinds.REVEAL_REQUEST, List.of(request)));
      }
      default -> throw new IllegalStateException("not a question to helpers: " + command);
    }
  }

  private OpenRound requireOpen() {
    OpenRound opened = open;
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
    SortedMap<String, Seat> members = new TreeMap<>(seats);
    members.keySet().removeIf(name -> !clients.contains(name) && !helpers.contains(name));
    OpenRound opened;
    try {
      opened = OpenRound.begin(setting, members, helpers, messages.hellos());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    open = opened;
    messages.open(opened);
    openedNanos = System.nanoTime();
    setting.listener().on(new RunEvent.RoundOpened(setting.round(), List.copyOf(clients)));
    byte[] message = opened.message().encode();
    clients.forEach(client -> send(client, Kinds.ROUND_OPEN, List.of(message)));
    helpers.forEach(helper -> send(helper, Kinds.ROUND_OPEN, List.of(message)));
  }

  private void openSegment(int segment, SortedSet<String> cohort) {
    OpenRound opened = requireOpen();
    OpenRound.FoldInput input = opened.foldInput(segment, cohort);
    work.start(
        () -> opened.fold(input, progress("fold"), reports),
        examples -> accept(new RoundEvent.SegmentOpened(segment, examples)),
        failure -> {
          cause = failure;
          accept(
              failure.reason() == Reason.OPENING_FAILED
                  ? new RoundEvent.OpeningFailed(segment, String.valueOf(failure.getMessage()))
                  : new RoundEvent.RoundStopped(publicReason(failure)));
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
        failure -> {
          cause = failure;
          accept(new RoundEvent.RoundStopped(publicReason(failure)));
        });
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
    machine.clients().forEach(client -> send(client, Kinds.ROUND_RESULT, List.of(message)));
    machine.helpers().forEach(helper -> send(helper, Kinds.ROUND_RESULT, List.of(message)));
    outcome = new RoundOutcome.Completed(summary(), result.hash());
  }

  private void abandon(String reason) {
    setting.listener().on(new RunEvent.RoundVoided(setting.round(), reason));
    byte[] body = new ControlMessage.RoundVoid(setting.round(), reason).envelope().body();
    String kind = ControlMessage.kind(ControlMessage.RoundVoid.class);
    machine.clients().forEach(name -> send(name, kind, List.of(body)));
    machine.helpers().forEach(name -> send(name, kind, List.of(body)));
    NodeException known = cause;
    outcome =
        known != null
            ? new RoundOutcome.Voided(known, known.reason() != Reason.OPENING_FAILED)
            : new RoundOutcome.Voided(new NodeException(voidReason(), reason), false);
  }

  private Reason voidReason() {
    if (setting.config().encryption().isProtected()
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
      tickGathering();
      return;
    }
    for (String name : machine.awaited()) {
      Optional<String> reason = liveness.givenUp(name);
      if (reason.isPresent()) {
        accept(
            machine.clients().contains(name)
                ? new RoundEvent.ClientWithdrew(name, reason.get())
                : new RoundEvent.HelperLost(name, reason.get()));
      }
    }
  }

  private void tickGathering() {
    long quiet = System.nanoTime() - lastArrivalNanos;
    String missing = missing();
    if (!waitingTold && quiet > TICK_MILLIS * 5_000_000) {
      waitingTold = true;
      setting.listener().on(new RunEvent.Waiting(setting.round(), missing));
    }
    if (quiet < setting.config().patience().toNanos()) {
      return;
    }
    // A first round waits for participants however long they take to start; a later one has lost
    // them.
    if (machine.clients().size() >= machine.plan().clients().min()
        && machine.helpers().size() >= machine.plan().helpers().min()) {
      accept(new RoundEvent.GatheringEnded());
    } else if (setting.round() > 1) {
      accept(new RoundEvent.RoundStopped("too few participants came back: " + missing));
    }
    lastArrivalNanos = System.nanoTime();
  }

  private String missing() {
    RoundPlan plan = machine.plan();
    int clients = machine.clients().size();
    String helpers =
        plan.encrypted() && machine.helpers().isEmpty()
            ? "; the key holder is missing (start it with: cifer key-holder --config FILE)"
            : "";
    return "clients: %d of %d (needed: %d)%s"
        .formatted(clients, plan.clients().max(), plan.clients().min(), helpers);
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
