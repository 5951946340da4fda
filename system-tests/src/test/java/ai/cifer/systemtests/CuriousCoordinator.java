package ai.cifer.systemtests;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Participant;
import ai.cifer.node.store.FileSource;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.node.wire.Streams;
import ai.cifer.secagg.coordinator.Delivery;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.Message;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.BlockSource;
import ai.cifer.transport.EndpointHandler;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.NetworkEndpoint;
import ai.cifer.transport.Port;
import ai.cifer.transport.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A coordinator with a certificate that wants to know more than it should: it keeps all that
/// participants send and asks whatever the test has it ask. It talks to real processes.
final class CuriousCoordinator implements EndpointHandler, AutoCloseable {
  private static final long LONGEST_SECONDS = 90;

  /// A run that does not take place: its key is asked for to see that what came before was dealt
  /// with.
  static final String FENCE = "fence";

  private final Identity identity;
  private final NetworkEndpoint endpoint;
  private final Path values;
  private final Map<String, Participant> participants = new ConcurrentSkipListMap<>();
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final Map<String, BlockingQueue<Envelope>> arrived = new ConcurrentHashMap<>();

  /// All that was uploaded in full, by [#name(String, int, int)].
  final Map<String, byte[]> blocks = new ConcurrentHashMap<>();

  /// All uploads that were begun, by any client.
  final List<Upload> uploads = new CopyOnWriteArrayList<>();

  /// So many bytes of an upload are taken; then [#enough] happens, which breaks its stream.
  volatile int most = Integer.MAX_VALUE;

  volatile Break enough =
      () -> {
        throw new IOException("enough");
      };

  /// How an upload breaks.
  interface Break {
    void happen() throws IOException;
  }

  /// Whether it says everything twice.
  volatile boolean stutters;

  /// What came of one upload.
  static final class Upload {
    final String client;
    final Streams.SegmentRef segment;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Upload(String client, Streams.SegmentRef segment) {
      this.client = client;
      this.segment = segment;
    }

    private synchronized int add(byte[] more) {
      bytes.writeBytes(more);
      return bytes.size();
    }

    synchronized byte[] bytes() {
      return bytes.toByteArray();
    }
  }

  /// The name of what a client uploads in one attempt at a segment.
  static String name(String client, int segment, int attempt) {
    return "%s/%d/%d".formatted(client, segment, attempt);
  }

  /// @param own the coordinator's folder
  /// @param values the raw values of the model that it serves
  CuriousCoordinator(Path own, Path values) throws IOException {
    this.values = values;
    identity =
        Identity.load(
            own.resolve("certificate.pem"),
            own.resolve("private_key.pem"),
            own.resolve("ca.pem"),
            InstantSource.system());
    endpoint = NetworkEndpoint.start(Port.of("localhost", 0), identity.tls(), this);
  }

  int port() {
    return endpoint.port();
  }

  String federation() {
    return ai.cifer.node.identity.Federation.of(identity);
  }

  /// A fair offer to all who joined; opens no round yet.
  Offer offer(GlobalModel model, String run, List<HelperHello> helpers) {
    return new Offer(
        federation(), run, model, identity.participant(), participants.values(), helpers);
  }

  /// Has somebody in the rosters to come who does not connect.
  void enlist(Participant participant) {
    participants.put(participant.name(), participant);
  }

  Signer signer() {
    return CertificateEnrolment.signer(identity);
  }

  RoundOpen sign(Offer offer) {
    return offer.signed(signer());
  }

  /// Asks a helper for its key of a round.
  HelperHello hello(String helper, String run, int round) throws InterruptedException {
    send(helper, new ControlMessage.HelloRequest(federation(), run, round).envelope());
    while (true) {
      HelperHello hello = HelperHello.decode(await(helper, Kinds.HELPER_HELLO).body());
      if (hello.run().equals(run)) {
        return hello;
      }
    }
  }

  VerifiedRound verified(RoundOpen open) {
    return VerifiedRound.verify(open, new CertificateEnrolment(identity, InstantSource.system()));
  }

  void send(String name, String kind, Message message) {
    send(name, new Envelope(kind, "", message.encode()));
  }

  void send(String name, Envelope envelope) {
    Session session = Optional.ofNullable(sessions.get(name)).orElseThrow();
    session.send(envelope);
    if (stutters) {
      session.send(envelope);
    }
  }

  /// The next envelope of one of these kinds from `name`; others are dropped.
  Envelope await(String name, String... kinds) throws InterruptedException {
    List<String> wanted = List.of(kinds);
    while (true) {
      Envelope envelope = queue(name).poll(LONGEST_SECONDS, TimeUnit.SECONDS);
      if (envelope == null) {
        throw new AssertionError("%s sent none of %s".formatted(name, wanted));
      }
      if (wanted.contains(envelope.kind())) {
        return envelope;
      }
    }
  }

  /// Waits until `name` is there and willing.
  void awaitJoin(String name) throws InterruptedException {
    await(name, ControlMessage.kind(ControlMessage.Join.class));
  }

  /// The reason of a refusal, of the round or of its segment, which is all that may come now.
  String awaitRefusal(String name, String answer) throws IOException, InterruptedException {
    String ofRound = ControlMessage.kind(ControlMessage.StopHelping.class);
    String ofSegment = ControlMessage.kind(ControlMessage.DeclineSegment.class);
    Envelope envelope = await(name, ofRound, ofSegment, answer);
    if (envelope.kind().equals(ofRound)) {
      return ControlMessage.read(envelope, ControlMessage.StopHelping.class).reason();
    }
    if (envelope.kind().equals(ofSegment)) {
      return ControlMessage.read(envelope, ControlMessage.DeclineSegment.class).reason();
    }
    throw new AssertionError("%s answered with %s".formatted(name, answer));
  }

  /// Why somebody does not do what it was asked for.
  ///
  /// @param asHelper whether as a helper; otherwise as a client
  record Refusal(boolean asHelper, String reason) {}

  /// The next refusal, whatever it is about.
  Refusal awaitRefusalOfAnyKind(String name) throws IOException, InterruptedException {
    String asClient = ControlMessage.kind(ControlMessage.Withdraw.class);
    Envelope envelope =
        await(name, asClient, ControlMessage.kind(ControlMessage.DeclineSegment.class));
    return envelope.kind().equals(asClient)
        ? new Refusal(false, ControlMessage.read(envelope, ControlMessage.Withdraw.class).reason())
        : new Refusal(
            true, ControlMessage.read(envelope, ControlMessage.DeclineSegment.class).reason());
  }

  /// The kinds of what came from somebody and was not waited for yet.
  List<String> arrived(String name) {
    return queue(name).stream().map(Envelope::kind).toList();
  }

  /// Waits until a helper has dealt with all that it was sent since [#forget].
  ///
  /// @return the kinds of all that it answered
  List<String> settle(String helper) {
    send(helper, new ControlMessage.HelloRequest(federation(), FENCE, 1).envelope());
    Wait.until(
        helper + " has dealt with everything",
        Duration.ofSeconds(60),
        () -> arrived(helper).contains(Kinds.HELPER_HELLO));
    return arrived(helper);
  }

  /// Forgets what came from somebody and was not waited for yet.
  void forget(String name) {
    queue(name).clear();
  }

  /// What a client delivers for its only segment.
  record Delivered(Manifest manifest, List<SealedShare> sealed) implements Delivery {
    @Override
    public int shares() {
      return sealed.size();
    }

    @Override
    public SealedShare share(int helper) {
      return sealed.get(helper - 1);
    }
  }

  /// What comes of a client for its next segment.
  Delivered awaitDelivery(String client) throws InterruptedException {
    List<SealedShare> shares = new ArrayList<>();
    while (true) {
      Envelope envelope = await(client, Kinds.SEALED_SHARE, Kinds.MANIFEST);
      if (envelope.kind().equals(Kinds.MANIFEST)) {
        return new Delivered(Manifest.decode(envelope.body()), shares);
      }
      shares.add(SealedShare.decode(envelope.body()));
    }
  }

  /// Why a client does not take part in a round that it was offered.
  String awaitWithdrawal(String client) throws IOException, InterruptedException {
    String kind = ControlMessage.kind(ControlMessage.Withdraw.class);
    return ControlMessage.read(await(client, kind, Kinds.MANIFEST), ControlMessage.Withdraw.class)
        .reason();
  }

  /// Forgets a participant that was killed, so that its next life is waited for.
  void awaitGone(String name) {
    Wait.until(name + " is gone", Duration.ofSeconds(30), () -> !sessions.containsKey(name));
    forget(name);
  }

  private BlockingQueue<Envelope> queue(String name) {
    return arrived.computeIfAbsent(name, _ -> new LinkedBlockingQueue<>());
  }

  private static String name(X509Certificate certificate) throws IOException {
    return Participant.of(certificate).name();
  }

  @Override
  public void opened(Session session) {
    try {
      Participant participant = Participant.of(session.peer());
      participants.put(participant.name(), participant);
      sessions.put(participant.name(), session);
    } catch (IOException stranger) {
      session.close(String.valueOf(stranger.getMessage()));
    }
  }

  @Override
  public void received(Session session, Envelope envelope) throws IOException {
    queue(name(session.peer())).add(envelope);
  }

  @Override
  public void closed(Session session, String reason) {
    sessions.values().remove(session);
  }

  @Override
  public BlockSink receive(X509Certificate peer, String stream, long length) throws IOException {
    Upload upload = new Upload(name(peer), Streams.parseSegment(stream).orElseThrow());
    uploads.add(upload);
    return new BlockSink() {
      @Override
      public void write(ByteBuffer chunk) throws IOException {
        byte[] copy = new byte[chunk.remaining()];
        chunk.get(copy);
        if (upload.add(copy) >= most) {
          enough.happen();
        }
      }

      @Override
      public byte[] complete() {
        blocks.put(
            name(upload.client, upload.segment.segment(), upload.segment.attempt()),
            upload.bytes());
        return new byte[0];
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public BlockSource serve(X509Certificate peer, String stream) throws IOException {
    return new FileSource(List.of(values), _ -> {});
  }

  @Override
  public void close() {
    endpoint.close();
    identity.close();
  }
}
