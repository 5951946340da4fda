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
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.BlockSource;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.NetworkLink;
import ai.cifer.transport.Route;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkHandler;
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

/// An enrolled client, and helper of the others, with any number of segments and attempts; it does
/// as it should but for its faults. It takes part on a thread of this process.
final class FaultyClient implements AutoCloseable {
  private static final long LONGEST_SECONDS = 60;

  /// What it does wrong.
  interface Faults {
    /// The shares that it sends instead of good ones.
    default List<SealedShare> shares(int round, List<SealedShare> good) {
      return good;
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

  private final Identity identity;
  private final FileJournal clientJournal;
  private final FileJournal helperJournal;
  private final ClientRole client;
  private final HelperRole helper;
  private final Path state;
  private final int port;
  private final Faults faults;
  private final BlockingQueue<Optional<Envelope>> inbox = new LinkedBlockingQueue<>();
  private final CompletableFuture<String> ending = new CompletableFuture<>();
  private @Nullable VerifiedRound round;
  private @Nullable ClientUpdate update;
  private @Nullable Contribution contribution;

  /// @param own the folder of a client that is not started
  FaultyClient(Path own, int port, Faults faults) throws IOException {
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
    RoundPolicy policy =
        RoundPolicy.of(
            ai.cifer.node.identity.Federation.of(identity), EncryptionMode.SECURE_AGGREGATION);
    var enrolment = new CertificateEnrolment(identity, InstantSource.system());
    var signer = CertificateEnrolment.signer(identity);
    client =
        new ClientRole(
            signer,
            policy,
            enrolment,
            new ClientJournal(clientJournal),
            (_, _) -> Optional.empty(),
            true,
            1,
            state,
            new SecureRandom());
    helper =
        new HelperRole(
            signer,
            Role.CLIENT,
            policy,
            enrolment,
            new HelperJournal(helperJournal),
            new SecureRandom());
  }

  /// Takes part until the run ends.
  ///
  /// @return the reason that the coordinator gives, empty if all rounds are done
  CompletableFuture<String> start() {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            run();
          } catch (Exception | AssertionError failure) {
            ending.completeExceptionally(failure);
          }
        });
    return ending;
  }

  private void run() throws IOException, InterruptedException {
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
      link.send(new ControlMessage.Join(100, 0).envelope());
      while (!ending.isDone()) {
        Optional<Envelope> next = inbox.poll(LONGEST_SECONDS, TimeUnit.SECONDS);
        if (next == null || next.isEmpty()) {
          throw new AssertionError("the coordinator says nothing more");
        }
        answer(link, next.get());
      }
    }
  }

  private void answer(Link link, Envelope envelope) throws IOException {
    byte[] body = envelope.body();
    switch (envelope.kind()) {
      case "hello-request" -> {
        var request = ControlMessage.read(envelope, ControlMessage.HelloRequest.class);
        send(link, Kinds.HELPER_HELLO, helper.hello(request.run(), request.round()));
      }
      case Kinds.ROUND_OPEN -> open(link, RoundOpen.decode(body));
      case Kinds.SHARES -> {
        var status = helper.hold(Shares.decode(body));
        if (status.isPresent()) {
          send(link, Kinds.SHARE_STATUS, status.get());
        }
      }
      case Kinds.COHORT -> send(link, Kinds.COHORT_SIGNATURE, helper.certify(Cohort.decode(body)));
      case Kinds.REVEAL_REQUEST -> {
        Reveal right = helper.reveal(RevealRequest.decode(body));
        Reveal told =
            new Reveal(
                    right.ctx(),
                    right.helper(),
                    right.segment(),
                    right.attempt(),
                    right.cohort(),
                    faults.reveal(right.sum()),
                    Bytes.EMPTY)
                .signed(CertificateEnrolment.signer(identity));
        send(link, Kinds.REVEAL, told);
      }
      case "statement-request" ->
          state(link, ControlMessage.read(envelope, ControlMessage.StatementRequest.class));
      case Kinds.RETRY -> {
        Retry retry = Retry.decode(body);
        helper.retry(retry);
        try (UpdateProtector protector = held().retry(retry)) {
          deliver(link, protector);
        }
      }
      case Kinds.ROUND_RESULT -> helper.complete(RoundResult.decode(body));
      case "round-void" -> helper.forget(opened().ctx());
      case "run-end" ->
          ending.complete(ControlMessage.read(envelope, ControlMessage.RunEnd.class).reason());
      default -> throw new AssertionError("kind: " + envelope.kind());
    }
  }

  private VerifiedRound opened() {
    return Optional.ofNullable(round).orElseThrow();
  }

  private Contribution held() {
    return Optional.ofNullable(contribution).orElseThrow();
  }

  private static void send(Link link, String kind, Message message) throws IOException {
    link.send(new Envelope(kind, "", message.encode()));
  }

  private void state(Link link, ControlMessage.StatementRequest request) throws IOException {
    String refused = "it does not want to";
    if (faults.states(request.round())) {
      try {
        send(
            link,
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
    helper.accept(open);
    VerifiedRound accepted = client.accept(open);
    round = accepted;
    forget();
    try (Tensors model = Tensors.create(state.resolve("model.f32"), open.layout())) {
      link.download(Streams.model(open.round()), sink(model));
      accepted.requireModel(model);
    }
    ClientUpdate zeros = new ClientUpdate(Tensors.allocate(open.layout()), 100);
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
    int number = opened().open().round();
    ByteBuffer blocks = ByteBuffer.allocate((int) protector.length());
    while (blocks.hasRemaining()) {
      protector.read(blocks);
    }
    link.upload(
        Streams.segment(
            new Streams.SegmentRef(number, protector.segment().index(), protector.attempt())),
        source(blocks.flip()));
    List<SealedShare> shares = faults.shares(number, protector.shares());
    for (SealedShare share : shares) {
      send(link, Kinds.SEALED_SHARE, share);
    }
    Manifest good = protector.manifest();
    send(
        link,
        Kinds.MANIFEST,
        new Manifest(
                good.ctx(),
                good.client(),
                good.segment(),
                good.attempt(),
                good.weight(),
                good.length(),
                good.root(),
                shares.stream().map(SealedShare::hash).toList(),
                Bytes.EMPTY)
            .signed(CertificateEnrolment.signer(identity)));
  }

  /// The same shares, those for some helpers so that they do not open.
  static List<SealedShare> spoilt(List<SealedShare> good, List<String> helpers) {
    List<SealedShare> shares = new ArrayList<>(good);
    shares.replaceAll(share -> {
      byte[] ciphertext = share.ciphertext().toByteArray();
      ciphertext[0] ^= 1;
      return helpers.contains(share.helper())
          ? new SealedShare(
              share.ctx(),
              share.client(),
              share.helper(),
              share.segment(),
              share.attempt(),
              share.x25519(),
              share.mlKem(),
              Bytes.of(ciphertext))
          : share;
    });
    return shares;
  }

  private static BlockSink sink(Tensors model) {
    MemorySegment values = model.bytes();
    long[] at = {0};
    return new BlockSink() {
      @Override
      public void write(ByteBuffer chunk) {
        int count = chunk.remaining();
        values.asSlice(at[0], count).copyFrom(MemorySegment.ofBuffer(chunk));
        chunk.position(chunk.limit());
        at[0] += count;
      }

      @Override
      public byte[] complete() {
        return new byte[0];
      }

      @Override
      public void close() {}
    };
  }

  private static BlockSource source(ByteBuffer bytes) {
    return new BlockSource() {
      @Override
      public long length() {
        return bytes.limit();
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
    };
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
