package ai.cifer.systemtests;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Federation;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.node.wire.Streams;
import ai.cifer.secagg.client.ClientRole;
import ai.cifer.secagg.client.Contribution;
import ai.cifer.secagg.client.UpdateProtector;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.journal.ClientJournal;
import ai.cifer.secagg.journal.FileJournal;
import ai.cifer.secagg.journal.HelperJournal;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.Message;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundPolicy;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.BlockSource;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.NetworkLink;
import ai.cifer.transport.Route;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkHandler;
import ai.cifer.transport.LinkRefused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// An enrolled client that follows the protocol, except where its fault of the round says
/// otherwise. If it loses its session for that, it comes back and sits the round out.
final class RogueClient implements AutoCloseable {
  private static final long LONGEST_SECONDS = 60;
  private static final System.Logger LOG = System.getLogger(RogueClient.class.getName());

  /// What it does in one round, instead of delivering its only segment as it should.
  @FunctionalInterface
  interface Fault {
    void deliver(Wire wire, Delivery delivery) throws IOException;
  }

  /// What it has to deliver.
  record Delivery(byte[] blocks, List<SealedShare> shares, Manifest manifest, Signer signer) {}

  /// How it talks to the coordinator.
  static final class Wire {
    private final Link link;
    private final String stream;

    /// Whether everything is said twice.
    boolean stutters;

    Wire(Link link, String stream) {
      this.link = link;
      this.stream = stream;
    }

    void send(String kind, byte[] body) throws IOException {
      link.send(new Envelope(kind, "", body));
      if (stutters) {
        link.send(new Envelope(kind, "", body));
      }
    }

    void send(String kind, Message message) throws IOException {
      send(kind, message.encode());
    }

    void upload(byte[] blocks) throws IOException {
      link.upload(stream, new Bytes(blocks));
    }

    /// As it should be.
    void deliver(Delivery delivery) throws IOException {
      upload(delivery.blocks());
      for (SealedShare share : delivery.shares()) {
        send(Kinds.SEALED_SHARE, share);
      }
      send(Kinds.MANIFEST, delivery.manifest());
    }
  }

  private final Identity identity;
  private final FileJournal clientJournal;
  private final FileJournal helperJournal;
  private final ClientRole client;
  private final HelperRole helper;
  private final Path state;
  private final int port;
  private final List<Fault> faults;
  private int active;
  private Optional<String> ending = Optional.empty();

  /// @param own the folder of a client that is not started
  /// @param faults of round 1, 2 and so on
  RogueClient(Path own, int port, List<Fault> faults) throws IOException {
    this.port = port;
    this.faults = faults;
    state = Files.createDirectories(own.resolve("rogue"));
    identity =
        Identity.load(
            own.resolve("certificate.pem"),
            own.resolve("private_key.pem"),
            own.resolve("ca.pem"),
            InstantSource.system());
    clientJournal = FileJournal.open(state.resolve("client.journal"));
    helperJournal = FileJournal.open(state.resolve("helper.journal"));
    RoundPolicy policy = RoundPolicy.of(Federation.of(identity), EncryptionMode.SECURE_AGGREGATION);
    var enrolment = new CertificateEnrolment(identity, InstantSource.system());
    client =
        new ClientRole(
            signer(),
            policy,
            enrolment,
            new ClientJournal(clientJournal),
            new HelperJournal(helperJournal),
            true,
            1,
            state,
            new SecureRandom());
    helper =
        new HelperRole(
            signer(),
            Role.CLIENT,
            policy,
            enrolment,
            new HelperJournal(helperJournal),
            new SecureRandom());
  }

  private Signer signer() {
    return CertificateEnrolment.signer(identity);
  }

  /// Takes part until the run ends.
  ///
  /// @return the reason that the coordinator gave, empty if all rounds are done
  String run() throws Exception {
    while (ending.isEmpty()) {
      BlockingQueue<Optional<Envelope>> inbox = new LinkedBlockingQueue<>();
      LinkHandler handler =
          new LinkHandler() {
            @Override
            public void received(Envelope envelope) {
              inbox.add(Optional.of(envelope));
            }

            @Override
            public void closed(String reason) {
              inbox.add(Optional.empty());
            }
          };
      try (Link link =
          NetworkLink.open(Route.to(URI.create("https://localhost:" + port)), identity.tls(), handler)) {
        link.send(new ControlMessage.Join(100, active).envelope());
        serve(link, inbox);
      }
    }
    return ending.orElseThrow();
  }

  /// Until the session or the run ends.
  private void serve(Link link, BlockingQueue<Optional<Envelope>> inbox) throws Exception {
    while (ending.isEmpty()) {
      Optional<Envelope> next = inbox.poll(LONGEST_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("the coordinator says nothing");
      }
      if (next.isEmpty()) {
        return;
      }
      try {
        answer(link, next.get());
      } catch (LinkRefused declined) {
        link.send(new ControlMessage.Withdraw(active, "declined", false).envelope());
      } catch (IOException thrownOut) {
        LOG.log(System.Logger.Level.DEBUG, "the end of the session is in the inbox", thrownOut);
      }
    }
  }

  private void answer(Link link, Envelope envelope) throws IOException {
    Wire wire = new Wire(link, "");
    byte[] body = envelope.body();
    switch (envelope.kind()) {
      case "hello-request" -> {
        var request = ControlMessage.read(envelope, ControlMessage.HelloRequest.class);
        wire.send(Kinds.HELPER_HELLO, helper.hello(request.run(), request.round()));
      }
      case Kinds.ROUND_OPEN -> round(link, RoundOpen.decode(body));
      case Kinds.SHARES -> {
        var status = helper.hold(Shares.decode(body));
        if (status.isPresent()) {
          wire.send(Kinds.SHARE_STATUS, status.get());
        }
      }
      case Kinds.COHORT -> wire.send(Kinds.COHORT_SIGNATURE, helper.certify(Cohort.decode(body)));
      case Kinds.REVEAL_REQUEST ->
          wire.send(Kinds.REVEAL, helper.reveal(RevealRequest.decode(body)));
      case Kinds.ROUND_RESULT -> helper.complete(RoundResult.decode(body));
      case "run-end" ->
          ending = Optional.of(ControlMessage.read(envelope, ControlMessage.RunEnd.class).reason());
      default -> throw new AssertionError("kind: " + envelope.kind());
    }
  }

  private void round(Link link, RoundOpen open) throws IOException {
    if (active == open.round()) {
      link.send(new ControlMessage.Withdraw(active, "thrown out before", false).envelope());
      return;
    }
    active = open.round();
    helper.accept(open);
    VerifiedRound round = client.accept(open);
    Wire wire = new Wire(link, Streams.segment(new Streams.SegmentRef(active, 0, 0)));
    try (Tensors model = Tensors.create(state.resolve("model.f32"), open.layout())) {
      link.download(Streams.model(active), sink(model));
      round.requireModel(model);
      try (ClientUpdate update = new ClientUpdate(Tensors.allocate(open.layout()), 100);
          Contribution contribution = client.contribute(round, update);
          UpdateProtector protector = contribution.protect(0)) {
        ByteBuffer blocks = ByteBuffer.allocate((int) protector.length());
        while (blocks.hasRemaining()) {
          protector.read(blocks);
        }
        faults
            .get(active - 1)
            .deliver(
                wire,
                new Delivery(blocks.array(), protector.shares(), protector.manifest(), signer()));
      }
    }
  }

  private static ai.cifer.transport.BlockSink sink(Tensors model) {
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    return new ai.cifer.transport.BlockSink() {
      @Override
      public void write(ByteBuffer chunk) {
        byte[] copy = new byte[chunk.remaining()];
        chunk.get(copy);
        values.writeBytes(copy);
      }

      @Override
      public byte[] complete() {
        model.bytes().copyFrom(java.lang.foreign.MemorySegment.ofArray(values.toByteArray()));
        return new byte[0];
      }

      @Override
      public void close() {}
    };
  }

  /// A stream of bytes in memory.
  private static final class Bytes implements BlockSource {
    private final ByteBuffer bytes;

    Bytes(byte[] bytes) {
      this.bytes = ByteBuffer.wrap(bytes);
    }

    @Override
    public long length() {
      return bytes.capacity();
    }

    @Override
    public void position(long offset) {
      bytes.position((int) offset);
    }

    @Override
    public int read(ByteBuffer target) {
      if (!bytes.hasRemaining()) {
        return -1;
      }
      int count = Math.min(bytes.remaining(), target.remaining());
      target.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
      return count;
    }

    @Override
    public void close() {}
  }

  @Override
  public void close() throws IOException {
    helper.close();
    helperJournal.close();
    clientJournal.close();
    identity.close();
  }
}
