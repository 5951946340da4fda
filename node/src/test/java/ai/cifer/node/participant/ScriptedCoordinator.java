package ai.cifer.node.participant;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.CertificateRequest;
import ai.cifer.node.identity.Federation;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Role;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Member;
import ai.cifer.secagg.message.Outline;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.BlockSource;
import ai.cifer.transport.EndpointHandler;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.InProcessEndpoint;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkHandler;
import ai.cifer.transport.LinkRefused;
import ai.cifer.transport.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A coordinator that sends what a test wants at the moment when a participant joins, and writes
/// down what comes back.
public final class ScriptedCoordinator implements EndpointHandler, AutoCloseable {
  static final ModelLayout LAYOUT =
      new ModelLayout(List.of(new TensorSpec("dense.weight", List.of(30, 10))));

  final Path folder;
  final List<Envelope> script = new CopyOnWriteArrayList<>();
  final List<Envelope> received = new CopyOnWriteArrayList<>();
  final List<String> uploads = new CopyOnWriteArrayList<>();
  final List<RunEvent> events = new CopyOnWriteArrayList<>();

  /// Names of streams that are turned away.
  final Set<String> declined = ConcurrentHashMap.newKeySet();

  public final Identity coordinator;
  final Identity keyHolder;
  public final List<Identity> clients = new ArrayList<>();
  final Tensors model = Tensors.allocate(LAYOUT);

  /// What happens before the script is sent.
  OnJoin onJoin = () -> {};

  /// Whether the session is closed after the script.
  boolean hangsUp;

  /// Whether the session is closed after an update.
  boolean hangsUpAfterUpdate;

  /// Counted down when the session ended.
  final CountDownLatch hungUp = new CountDownLatch(1);

  private final InProcessEndpoint endpoint = InProcessEndpoint.start(this);

  @FunctionalInterface
  interface OnJoin {
    void run() throws IOException;
  }

  public ScriptedCoordinator(Path folder) throws IOException {
    this.folder = folder;
    Authority.create(folder.resolve("ca"), "f", Duration.ofDays(2), InstantSource.system()).close();
    coordinator = enrol(Role.COORDINATOR, "hub");
    keyHolder = enrol(Role.KEY_HOLDER, "keys");
    for (int i = 0; i < 3; i++) {
      clients.add(enrol(Role.CLIENT, "client-" + i));
    }
  }

  private Identity enrol(Role role, String name) throws IOException {
    Path own = folder.resolve(name);
    CertificateRequest request =
        CertificateRequest.create(
            own, role, name, role == Role.COORDINATOR ? List.of("localhost") : List.of());
    try (var authority = Authority.open(folder.resolve("ca"))) {
      authority.sign(
          request, Duration.ofDays(1), InstantSource.system(), own.resolve("certificate.pem"));
    }
    return Identity.load(
        own.resolve("certificate.pem"),
        own.resolve(CertificateRequest.KEY_FILE),
        folder.resolve("ca").resolve(Authority.CERTIFICATE_FILE),
        InstantSource.system());
  }

  Path state() throws IOException {
    return Files.createDirectories(folder.resolve("state"));
  }

  String federation() {
    return Federation.of(coordinator);
  }

  Link connect(Identity participant, LinkHandler handler) throws IOException {
    return endpoint.connect(participant.participant().certificate(), handler);
  }

  /// A round without protection.
  public RoundOpen open(int round) throws IOException {
    return open(round, LAYOUT, EncryptionMode.NONE, List.of());
  }

  RoundOpen open(int round, ModelLayout layout, EncryptionMode mode, List<HelperHello> hellos)
      throws IOException {
    return open(round, layout, mode, hellos, "net", new TrainConfig(0.1, 1, 1, round));
  }

  RoundOpen open(int round, String architecture, TrainConfig train) throws IOException {
    return open(round, LAYOUT, EncryptionMode.NONE, List.of(), architecture, train);
  }

  private RoundOpen open(
      int round,
      ModelLayout layout,
      EncryptionMode mode,
      List<HelperHello> hellos,
      String architecture,
      TrainConfig train)
      throws IOException {
    List<Member> roster = new ArrayList<>();
    for (Identity client : clients) {
      roster.add(member(client, ai.cifer.secagg.identity.Role.CLIENT));
    }
    if (!hellos.isEmpty()) {
      roster.add(member(keyHolder, ai.cifer.secagg.identity.Role.KEY_HOLDER));
    }
    roster.sort(Comparator.comparing(Member::name));
    return new RoundOpen(
            federation(),
            "run-1",
            round,
            AggregationPlan.uniform(mode, true, AggregationParameters.K2_N256, layout, 1f, 100)
                .withSegmentParameters(1 << 26),
            layout,
            Bytes.of(model.digest()),
            architecture,
            train,
            RoundOpen.NO_RESULT,
            hellos.size(),
            3,
            member(coordinator, ai.cifer.secagg.identity.Role.COORDINATOR),
            roster,
            hellos,
            Bytes.EMPTY)
        .signed(CertificateEnrolment.signer(coordinator));
  }

  private static Member member(Identity identity, ai.cifer.secagg.identity.Role role) {
    try {
      return new Member(
          identity.name(), role, Bytes.of(identity.participant().certificate().getEncoded()));
    } catch (java.security.cert.CertificateEncodingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  void says(RoundOpen open) {
    script.add(new Envelope(Kinds.ROUND_OPEN, "", open.encode()));
  }

  /// The result of a round that it opened.
  void says(RoundOpen open, Bytes modelHash) {
    VerifiedRound round =
        VerifiedRound.verify(open, new CertificateEnrolment(coordinator, InstantSource.system()));
    RoundResult result =
        new RoundResult(
                round.ctx(),
                List.of(Bytes.sha256()),
                Bytes.zeros(32),
                modelHash,
                coordinator.name(),
                Bytes.EMPTY)
            .signed(CertificateEnrolment.signer(coordinator));
    script.add(new Envelope(Kinds.ROUND_RESULT, "", result.encode()));
  }

  void says(ControlMessage message) {
    script.add(message.envelope());
  }

  /// What the participant sent as a control message of a type.
  <T extends ControlMessage> List<T> received(Class<T> type) throws IOException {
    List<T> found = new ArrayList<>();
    for (Envelope envelope : received) {
      if (envelope.kind().equals(ControlMessage.kind(type))) {
        found.add(ControlMessage.read(envelope, type));
      }
    }
    return found;
  }

  @Override
  public void opened(Session session) {
    Outline outline = new Outline("net", LAYOUT, new TrainConfig(0.1, 1, 1, 1));
    session.send(new Envelope(Kinds.OUTLINE, "", outline.encode()));
  }

  @Override
  public void received(Session session, Envelope envelope) throws IOException {
    received.add(envelope);
    if (envelope.kind().equals(ControlMessage.kind(ControlMessage.Join.class))) {
      onJoin.run();
      script.forEach(session::send);
      if (hangsUp) {
        session.close("the run is over");
      }
    } else if (hangsUpAfterUpdate
        && envelope.kind().equals(ControlMessage.kind(ControlMessage.Report.class))) {
      session.close("the link is lost");
    }
  }

  @Override
  public void closed(Session session, String reason) {
    hungUp.countDown();
  }

  private void admit(String stream) throws LinkRefused {
    if (declined.contains(stream)) {
      throw LinkRefused.declined("no round is open (asked for %s)".formatted(stream));
    }
  }

  @Override
  public BlockSink receive(X509Certificate peer, String stream, long length) throws IOException {
    admit(stream);
    return new BlockSink() {
      @Override
      public void write(ByteBuffer chunk) {}

      @Override
      public byte[] complete() {
        uploads.add(stream);
        return new byte[0];
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public BlockSource serve(X509Certificate peer, String stream) throws IOException {
    admit(stream);
    long length = Float.BYTES * LAYOUT.parameters();
    return new BlockSource() {
      private long at;

      @Override
      public long length() {
        return length;
      }

      @Override
      public int read(ByteBuffer target) {
        int count = (int) Math.min(target.remaining(), length - at);
        target.put(new byte[count]);
        at += count;
        return count == 0 ? -1 : count;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {
    endpoint.close();
    model.close();
    clients.forEach(Identity::close);
    keyHolder.close();
    coordinator.close();
  }
}
