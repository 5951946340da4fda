package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.node.identity.Participant;
import ai.cifer.node.identity.Role;
import ai.cifer.node.store.FileSource;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.node.wire.Streams;
import ai.cifer.secagg.message.Outline;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.BlockSource;
import ai.cifer.transport.EndpointHandler;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.LinkRefused;
import ai.cifer.transport.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The coordinator's side of every link: turns what participants do into steps on one thread.
///
/// Everything that changes the state of a run happens on the thread that calls [#step], so the
/// rounds need no locks. A session's next envelope is read only when the one before has been dealt
/// with: memory is bounded by one envelope a participant, however fast it sends.
final class Coordinator implements EndpointHandler {

  private static final System.Logger LOG = System.getLogger(Coordinator.class.getName());

  private static final String STOPS = "the coordinator stops, and may be started again";

  private final Roster roster = new Roster();
  private final Strays strays = new Strays();
  private final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
  private final Map<Session, Seat> seats = new ConcurrentHashMap<>();
  private final @Nullable String project;
  private final RunListener listener;
  private final Duration grace;

  /// Completed when nobody will call [#step] any more: what waits for a step waits in vain.
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  /// What clients are told before they join; null until it is known.
  private volatile @Nullable Envelope outline;

  /// How the run ended; whoever comes back later is told, too.
  private volatile ControlMessage.@Nullable RunEnd end;

  /// Whether the process was asked to end; the run goes on in another one.
  private volatile boolean stopping;

  /// What the round that is open takes in and gives out; null between rounds.
  private volatile @Nullable RoundTraffic traffic;

  /// @param project what participants' certificates must name, if set
  /// @param grace how long whoever lost its link may take to come back
  Coordinator(@Nullable String project, RunListener listener, Duration grace) {
    this.project = project;
    this.listener = listener;
    this.grace = grace;
  }

  /// What a round does with what arrives; envelopes on the thread of [#step], streams on others.
  interface RoundTraffic {

    /// Checks a message and takes it in.
    ///
    /// @return the event of the phase machine that it amounts to, if any
    /// @throws IOException if it does not belong here: the sender's fault, and its session ends
    Optional<RoundEvent> read(Seat seat, Envelope envelope) throws IOException;

    /// Carries out what follows from an event.
    ///
    /// @param message that it came of
    void accept(Seat seat, RoundEvent event, Envelope message);

    void left(String name, String reason);

    void joined(Seat seat);

    BlockSink upload(Seat seat, Streams.SegmentRef segment, long length) throws IOException;

    /// The files of the model that this round starts from, and of the guides beside it.
    List<Path> model(int round) throws IOException;
  }

  void traffic(@Nullable RoundTraffic traffic) {
    this.traffic = traffic;
  }

  Roster roster() {
    return roster;
  }

  /// How long whoever lost its link may take to come back; zero if nobody does.
  Duration grace() {
    return grace;
  }

  /// Tells clients what will be trained, those that are there and those that come.
  void outline(Outline outline) {
    Envelope known = new Envelope(Kinds.OUTLINE, "", outline.encode());
    this.outline = known;
    for (Seat seat : roster.all()) {
      if (seat.participant.role() == Role.CLIENT) {
        seat.session.send(known);
      }
    }
  }

  /// Carries out the next step, waiting for one at most so long.
  void step(long waitMillis) throws InterruptedException {
    Runnable step = steps.poll(waitMillis, TimeUnit.MILLISECONDS);
    if (step != null) {
      step.run();
    }
  }

  /// Whether nothing waits to be carried out.
  boolean isIdle() {
    return steps.isEmpty();
  }

  /// Has `step` carried out by the thread of [#step].
  void later(Runnable step) {
    steps.add(step);
  }

  @Override
  public void opened(Session session) throws LinkRefused {
    Seat seat = roster.admit(session);
    Participant participant = seat.participant;
    if (project != null && !project.equals(participant.project())) {
      roster.leave(seat);
      throw LinkRefused.declined(
          "project of %s: %s (expected: %s)"
              .formatted(participant.name(), participant.project(), project));
    }
    seats.put(session, seat);
    Envelope known = outline;
    if (known != null && participant.role() == Role.CLIENT) {
      session.send(known);
    }
    strays.back(seat.name());
    ControlMessage.RunEnd goodbye = end;
    if (goodbye != null) {
      dismiss(seat, goodbye);
    }
    later(() -> listener.on(new RunEvent.Joined(participant.name(), participant.role().word())));
  }

  @Override
  public void received(Session session, Envelope envelope) throws IOException {
    Seat seat = seats.get(session);
    if (seat == null) {
      throw LinkRefused.declined("this session was replaced by a newer one");
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    later(() -> take(seat, envelope, done));
    try {
      CompletableFuture.anyOf(done, over).get();
    } catch (ExecutionException failure) {
      Throwable refused = failure.getCause() == null ? failure : failure.getCause();
      LOG.log(
          System.Logger.Level.WARNING,
          "refused {0} of {1}: {2}",
          envelope.kind(),
          seat.name(),
          refused.getMessage());
      throw new IOException(String.valueOf(refused.getMessage()), refused);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    }
  }

  /// A message that cannot be read or checked is its sender's fault and ends its session; what
  /// follows from a good one is ours, and a failure there ends the round.
  private void take(Seat seat, Envelope envelope, CompletableFuture<Void> done) {
    Optional<RoundEvent> event = Optional.empty();
    RoundTraffic open = traffic;
    boolean joins = envelope.kind().equals(ControlMessage.kind(ControlMessage.Join.class));
    try {
      if (joins) {
        var join = ControlMessage.read(envelope, ControlMessage.Join.class);
        seat.join(Math.max(0, join.examples()), join.activeRound());
        seat.alive();
      } else if (open != null && seat.joined()) {
        event = open.read(seat, envelope);
      }
    } catch (IOException | RuntimeException refused) {
      done.completeExceptionally(refused);
      return;
    }
    try {
      if (open != null && joins) {
        open.joined(seat);
      }
      if (open != null && event.isPresent()) {
        open.accept(seat, event.get(), envelope);
      }
    } finally {
      done.complete(null);
    }
  }

  @Override
  public void closed(Session session, String reason) {
    Seat seat = seats.remove(session);
    if (seat == null || !roster.leave(seat)) {
      return;
    }
    if (session.saidGoodbye()) {
      strays.back(seat.name());
    } else {
      strays.lost(seat.name());
    }
    later(() -> {
      listener.on(new RunEvent.Left(seat.name(), seat.participant.role().word(), reason));
      RoundTraffic open = traffic;
      if (open != null) {
        open.left(seat.name(), reason);
      }
    });
  }

  @Override
  public BlockSink receive(X509Certificate peer, String stream, long length) throws IOException {
    Seat seat = roster.seat(peer);
    Streams.SegmentRef segment =
        Streams.parseSegment(stream)
            .orElseThrow(() -> LinkRefused.declined("no such stream: " + stream));
    return new Upload(asked(() -> open(stream).upload(seat, segment, length)));
  }

  @FunctionalInterface
  private interface Step<T> {
    T run() throws IOException;
  }

  /// Does something that a client asked for. A refusal has it leave the round for good, so while
  /// this coordinator stops there is none: the link is lost, and the next process goes on with what
  /// the client kept.
  private <T> T asked(Step<T> step) throws IOException {
    try {
      return step.run();
    } catch (LinkRefused refused) {
      throw stopping ? new IOException(STOPS, refused) : refused;
    }
  }

  /// Blocks on their way into the round that is open, until this coordinator stops.
  private final class Upload implements BlockSink {
    private final BlockSink blocks;

    Upload(BlockSink blocks) {
      this.blocks = blocks;
    }

    @Override
    public long offset() throws IOException {
      return asked(blocks::offset);
    }

    @Override
    public void write(ByteBuffer chunk) throws IOException {
      asked(() -> {
        blocks.write(chunk);
        return chunk;
      });
    }

    @Override
    public byte[] complete() throws IOException {
      return asked(blocks::complete);
    }

    @Override
    public void close() throws IOException {
      blocks.close();
    }
  }

  @Override
  public BlockSource serve(X509Certificate peer, String stream) throws IOException {
    Seat seat = roster.seat(peer);
    int round =
        Streams.parseModel(stream)
            .orElseThrow(() -> LinkRefused.declined("no such stream: " + stream));
    return asked(() -> new FileSource(open(stream).model(round), position -> seat.alive()));
  }

  private RoundTraffic open(String stream) throws LinkRefused {
    RoundTraffic open = traffic;
    if (open == null) {
      throw LinkRefused.notNeeded("no round is open (asked for %s)".formatted(stream));
    }
    return open;
  }

  void broadcast(Envelope envelope, Iterable<String> names) {
    for (String name : names) {
      roster.seat(name).ifPresent(seat -> seat.session.send(envelope));
    }
  }

  /// Says goodbye to everybody; nothing that arrives afterwards counts. The links are closed by
  /// those who hear it, or with the endpoint.
  void dismiss(ControlMessage.RunEnd end) {
    traffic = null;
    for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
      step.run();
    }
    this.end = end;
    for (Seat seat : roster.all()) {
      dismiss(seat, end);
    }
    stop();
  }

  /// Asks whoever calls [#step] to stop. By any thread. From now on nobody is refused a stream: the
  /// run goes on in another process.
  void askToStop() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  /// Ends all links; whoever was on one comes back as after any other loss.
  void leave() {
    traffic = null;
    for (Seat seat : roster.all()) {
      seat.session.close(STOPS);
    }
    stop();
  }

  /// Those who have to come back before everybody knows how the run ended.
  Strays strays() {
    return strays;
  }

  /// Whoever hears it leaves by itself; a link that this side closed at once could take the goodbye
  /// with it.
  private void dismiss(Seat seat, ControlMessage.RunEnd end) {
    strays.told(seat.name());
    seat.session.send(end.envelope());
  }

  /// Lets go of whoever waits for a step: there will be none.
  void stop() {
    over.complete(null);
  }

  List<Seat> joined(Role role) {
    return roster.joined(role);
  }
}
