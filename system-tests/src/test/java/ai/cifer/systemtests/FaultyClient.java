package ai.cifer.systemtests;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.node.wire.Streams;
import ai.cifer.secagg.client.ClientRole;
import ai.cifer.secagg.client.Contribution;
import ai.cifer.secagg.client.UpdateProtector;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.helper.RequestRefused;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.journal.ClientJournal;
import ai.cifer.secagg.journal.FileJournal;
import ai.cifer.secagg.journal.HelperJournal;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.Message;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundPolicy;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkHandler;
import ai.cifer.transport.LinkRefused;
import ai.cifer.transport.NetworkLink;
import ai.cifer.transport.Route;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// An enrolled client, and helper of the others, with any number of segments and attempts, whose
/// update is zeros over 100 examples; it does as it should but for its faults. If it loses its
/// session for them, it comes back and sits the round out. It takes part on a thread of this
/// process.
final class FaultyClient implements AutoCloseable {
  static final int EXAMPLES = 100;

  private static final long LONGEST_SECONDS = 60;
  private static final System.Logger LOG = System.getLogger(FaultyClient.class.getName());

  /// What it does wrong.
  interface Faults {
    Faults NONE = new Faults() {};

    /// Sends what belongs to one attempt at one segment.
    default void deliver(Wire wire, Delivery delivery) throws IOException {
      wire.deliver(delivery);
    }

    /// The sum that it reveals instead of the right one.
    default Coefficients reveal(Coefficients right) {
      return right;
    }

    /// Whether it states that it revealed nothing.
    default boolean states(int round) {
      return true;
    }
  }

  /// What it has to deliver.
  record Delivery(
      int round, byte[] blocks, List<SealedShare> shares, Manifest manifest, Signer signer) {

    /// The same with other shares, in a manifest that says that they are its own.
    Delivery withShares(List<SealedShare> others) {
      Manifest signed =
          new Manifest(
                  manifest.ctx(),
                  manifest.client(),
                  manifest.segment(),
                  manifest.attempt(),
                  manifest.weight(),
                  manifest.length(),
                  manifest.root(),
                  others.stream().map(SealedShare::hash).toList(),
                  Bytes.EMPTY)
              .signed(signer);
      return new Delivery(round, blocks, others, signed, signer);
    }

    /// The same with shares that do not open for some helpers.
    Delivery withSpoiltShares(List<String> helpers) {
      List<SealedShare> spoilt = new ArrayList<>(shares);
      spoilt.replaceAll(share -> helpers.contains(share.helper()) ? spoilt(share) : share);
      return withShares(spoilt);
    }

    private static SealedShare spoilt(SealedShare share) {
      byte[] ciphertext = share.ciphertext().toByteArray();
      ciphertext[0] ^= 1;
      return new SealedShare(
          share.ctx(),
          share.client(),
          share.helper(),
          share.segment(),
          share.attempt(),
          share.x25519(),
          share.mlKem(),
          Bytes.of(ciphertext));
    }
  }

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
      link.upload(stream, MemoryStream.source(blocks));
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

  /// Thrown by a fault, it has the client never be heard of again.
  static IOException vanished() {
    return new Vanished();
  }

  private static final class Vanished extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final Identity identity;
  private final FileJournal clientJournal;
  private final FileJournal helperJournal;
  private final ClientRole client;
  private final HelperRole helper;
  private final Path state;
  private final int port;
  private final Faults faults;
  private int active;
  private Optional<String> ending = Optional.empty();
  private @Nullable VerifiedRound round;
  private @Nullable ClientUpdate update;
  private @Nullable Contribution contribution;

  /// @param own the folder of a client that is not started
  FaultyClient(Path own, int port, Faults faults) throws IOException {
    this(own, port, EncryptionMode.SECURE_AGGREGATION, faults);
  }

  /// @param mode the only one that it accepts
  FaultyClient(Path own, int port, EncryptionMode mode, Faults faults) throws IOException {
    this.port = port;
    this.faults = faults;
    state = Files.createDirectories(own.resolve("faulty"));
    identity =
        Identity.load(
            own.resolve("certificate.pem"),
            own.resolve("private_key.pem"),
            own.resolve("ca.pem"),
            InstantSource.system());
    clientJournal = FileJournal.open(state.resolve("client.journal"));
    helperJournal = FileJournal.open(state.resolve("helper.journal"));
    HelperJournal helping = new HelperJournal(helperJournal);
    RoundPolicy policy = RoundPolicy.of(ai.cifer.node.identity.Federation.of(identity), mode);
    var enrolment = new CertificateEnrolment(identity, InstantSource.system());
    client =
        new ClientRole(
            signer(),
            policy,
            enrolment,
            new ClientJournal(clientJournal),
            helping,
            true,
            1,
            state,
            new SecureRandom());
    helper = new HelperRole(signer(), Role.CLIENT, policy, enrolment, helping, new SecureRandom());
  }

  private Signer signer() {
    return CertificateEnrolment.signer(identity);
  }

  /// Takes part until the run ends, or it vanishes.
  ///
  /// @return the reason that the coordinator gives, empty if all rounds are done
  CompletableFuture<String> start() {
    CompletableFuture<String> ended = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            ended.complete(run());
          } catch (Exception | AssertionError failure) {
            ended.completeExceptionally(failure);
          }
        });
    return ended;
  }

  private String run() throws Exception {
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
          NetworkLink.open(
              Route.to(URI.create("https://localhost:" + port)), identity.tls(), handler)) {
        link.send(new ControlMessage.Join(EXAMPLES, active).envelope());
        serve(link, inbox);
      } catch (Vanished vanished) {
        ending = Optional.of("vanished");
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
      } catch (Vanished vanished) {
        throw vanished;
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
      case Kinds.ROUND_OPEN -> open(link, RoundOpen.decode(body));
      case Kinds.SHARES -> {
        var status = helper.hold(Shares.decode(body));
        if (status.isPresent()) {
          wire.send(Kinds.SHARE_STATUS, status.get());
        }
      }
      case Kinds.COHORT -> wire.send(Kinds.COHORT_SIGNATURE, helper.certify(Cohort.decode(body)));
      case Kinds.REVEAL_REQUEST -> wire.send(Kinds.REVEAL, reveal(RevealRequest.decode(body)));
      case "statement-request" ->
          state(link, ControlMessage.read(envelope, ControlMessage.StatementRequest.class));
      case Kinds.RETRY -> {
        Retry retry = Retry.decode(body);
        helper.retry(retry);
        try (UpdateProtector protector =
            Optional.ofNullable(contribution).orElseThrow().retry(retry)) {
          deliver(link, protector);
        }
      }
      case Kinds.ROUND_RESULT -> helper.complete(RoundResult.decode(body));
      case "round-void" -> helper.forget(opened().ctx());
      case "segment-kept" -> LOG.log(System.Logger.Level.DEBUG, "it keeps nothing to send again");
      case Kinds.OUTLINE -> LOG.log(System.Logger.Level.DEBUG, "it has no data to look at");
      case "run-end" ->
          ending = Optional.of(ControlMessage.read(envelope, ControlMessage.RunEnd.class).reason());
      default -> throw new AssertionError("kind: " + envelope.kind());
    }
  }

  private Reveal reveal(RevealRequest request) throws IOException {
    Reveal right = helper.reveal(request);
    return new Reveal(
            right.ctx(),
            right.helper(),
            right.segment(),
            right.attempt(),
            right.cohort(),
            faults.reveal(right.sum()),
            Bytes.EMPTY)
        .signed(signer());
  }

  private VerifiedRound opened() {
    return Optional.ofNullable(round).orElseThrow();
  }

  private void state(Link link, ControlMessage.StatementRequest request) throws IOException {
    String refused = "it does not want to";
    if (faults.states(request.round())) {
      try {
        new Wire(link, "")
            .send(
                Kinds.NOT_REVEALED,
                helper.renounce(opened().ctx(), request.segment(), request.attempt()));
        return;
      } catch (RequestRefused revealed) {
        refused = String.valueOf(revealed.getMessage());
      }
    }
    link.send(
        new ControlMessage.DeclineStatement(
                request.round(), request.segment(), request.attempt(), refused)
            .envelope());
  }

  private void open(Link link, RoundOpen open) throws IOException {
    if (active == open.round()) {
      link.send(new ControlMessage.Withdraw(active, "thrown out before", false).envelope());
      return;
    }
    active = open.round();
    if (open.helpers().stream().anyMatch(each -> each.helper().equals(identity.name()))) {
      helper.accept(open);
    }
    VerifiedRound accepted = client.accept(open);
    round = accepted;
    forget();
    try (Tensors model = Tensors.create(state.resolve("model.f32"), open.layout())) {
      link.download(
          Streams.model(active),
          MemoryStream.sink(values -> model.bytes().copyFrom(MemorySegment.ofArray(values))));
      accepted.requireModel(model);
    }
    ClientUpdate zeros = new ClientUpdate(Tensors.allocate(open.layout()), EXAMPLES);
    update = zeros;
    Contribution leaving = client.contribute(accepted, zeros);
    contribution = leaving;
    for (int segment = 0; segment < accepted.segments().size(); segment++) {
      try (UpdateProtector protector = leaving.protect(segment)) {
        deliver(link, protector);
      }
    }
  }

  private void deliver(Link link, UpdateProtector protector) throws IOException {
    ByteBuffer blocks = ByteBuffer.allocate((int) protector.length());
    while (blocks.hasRemaining()) {
      protector.read(blocks);
    }
    String stream =
        Streams.segment(
            new Streams.SegmentRef(active, protector.segment().index(), protector.attempt()));
    faults.deliver(
        new Wire(link, stream),
        new Delivery(active, blocks.array(), protector.shares(), protector.manifest(), signer()));
  }

  private void forget() {
    if (contribution != null) {
      contribution.close();
      contribution = null;
    }
    if (update != null) {
      update.close();
      update = null;
    }
  }

  @Override
  public void close() throws IOException {
    forget();
    helper.close();
    helperJournal.close();
    clientJournal.close();
    identity.close();
  }
}
