package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Role;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.secagg.share.HelperKey;
import ai.cifer.transport.BlockSource;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkHandler;
import ai.cifer.transport.LinkRefused;
import ai.cifer.transport.NetworkLink;
import ai.cifer.transport.Route;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an enrolled but malicious participant can do to a run: lose its session.
class HostileParticipantTest {

  private static final List<String> KINDS =
      List.of(
          Kinds.HELPER_HELLO,
          Kinds.SEALED_SHARE,
          Kinds.MANIFEST,
          Kinds.SHARE_STATUS,
          Kinds.COHORT_SIGNATURE,
          Kinds.REVEAL,
          Kinds.NOT_REVEALED,
          "withdraw",
          "progress",
          "report",
          "stop-helping",
          "decline-segment",
          "decline-statement",
          "join",
          "unheard-of");

  private static final List<byte[]> BODIES =
      List.of(
          new byte[0],
          new byte[] {1},
          "null".getBytes(StandardCharsets.US_ASCII),
          "{}".getBytes(StandardCharsets.US_ASCII),
          "{\"round\":1,\"reason\":null}".getBytes(StandardCharsets.US_ASCII),
          new byte[70_000]);

  @TempDir Path folder;

  @Test
  void garbageOfEveryKind_costsItsSenderTheSession_andTheRunCompletes() throws Exception {
    try (FederationFixture federation = new FederationFixture(folder);
        FedServer server = federation.server("coordinator", Map.of())) {
      Thread hostile =
          Thread.ofPlatform().start(() -> pester(federation, server.port(), "mallory"));
      for (int i = 0; i < 4; i++) {
        federation.client("client-" + i, server.port(), "50", Map.of());
      }
      RunResult result = server.run();
      hostile.interrupt();
      hostile.join();
      assertThat(result.reason()).isEmpty();
      assertThat(result.rounds()).hasSize(2);
    }
  }

  private static void pester(FederationFixture federation, int port, String name) {
    try {
      Path own = federation.enrol(Role.CLIENT, name);
      try (Identity identity =
          Identity.load(
              own.resolve("certificate.pem"),
              own.resolve("private_key.pem"),
              own.resolve("ca.pem"),
              InstantSource.system())) {
        for (String kind : KINDS) {
          for (byte[] body : BODIES) {
            pester(identity, port, new Envelope(kind, "", body));
          }
        }
      }
    } catch (Exception over) {
      // The run may be over before all was tried; what counts is how the run ended.
      System.getLogger(HostileParticipantTest.class.getName())
          .log(System.Logger.Level.DEBUG, "over", over);
    }
  }

  private static void pester(Identity identity, int port, Envelope garbage) throws IOException {
    CountDownLatch closed = new CountDownLatch(1);
    LinkHandler handler =
        new LinkHandler() {
          @Override
          public void received(Envelope envelope) {}

          @Override
          public void closed(String reason) {
            closed.countDown();
          }
        };
    try (Link link =
        NetworkLink.open(
            Route.to(URI.create("https://localhost:" + port)), identity.tls(), handler)) {
      link.send(new ControlMessage.Join(10, 0).envelope());
      link.send(garbage);
      if (closed.await(50, TimeUnit.MILLISECONDS)) {
        return;
      }
      link.send(garbage);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// What it says before it has seen a share would count later, for other clients than it knew.
  @Test
  void aHelperThatAnswersBeforeItIsAsked_losesItsSession() throws Exception {
    try (FederationFixture federation = new FederationFixture(folder);
        FedServer server = federation.server("coordinator", Map.of("encryption", "key-holder"))) {
      Path own = federation.enrol(Role.KEY_HOLDER, "keys");
      for (int i = 0; i < 4; i++) {
        federation.client("client-" + i, server.port(), "50", Map.of("encryption", "key-holder"));
      }
      federation.start("coordinator", server::run);
      try (Identity identity =
              Identity.load(
                  own.resolve("certificate.pem"),
                  own.resolve("private_key.pem"),
                  own.resolve("ca.pem"),
                  InstantSource.system());
          HastyHelper helper = new HastyHelper(identity);
          Link link =
              NetworkLink.open(
                  Route.to(URI.create("https://localhost:" + server.port())),
                  identity.tls(),
                  helper)) {
        link.send(new ControlMessage.Join(0, 0).envelope());
        String reason = helper.answerUntilClosed(link);
        assertThat(reason).contains("share status of segment 0: nobody asked for it yet");
      }
    }
  }

  /// Says that it holds all shares of a round as soon as the round is open.
  private static final class HastyHelper implements LinkHandler, AutoCloseable {
    private final Identity identity;
    private final BlockingQueue<Envelope> arrived = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final List<HelperKey> keys = new ArrayList<>();

    HastyHelper(Identity identity) {
      this.identity = identity;
    }

    @Override
    public void received(Envelope envelope) {
      arrived.add(envelope);
    }

    @Override
    public void closed(String reason) {
      closed.complete(reason);
    }

    String answerUntilClosed(Link link) throws Exception {
      for (int answers = 0; answers < 2; ) {
        Envelope next = arrived.poll(20, TimeUnit.SECONDS);
        if (next == null) {
          return "nothing came";
        }
        if (next.kind().equals("hello-request")) {
          var request = ControlMessage.read(next, ControlMessage.HelloRequest.class);
          HelperKey key =
              HelperKey.generate(
                  request.federation(),
                  request.run(),
                  request.round(),
                  CertificateEnrolment.signer(identity),
                  new SecureRandom());
          keys.add(key);
          link.send(new Envelope(Kinds.HELPER_HELLO, "", key.hello().encode()));
          answers++;
        } else if (next.kind().equals(Kinds.ROUND_OPEN)) {
          VerifiedRound round =
              VerifiedRound.verify(
                  RoundOpen.decode(next.body()),
                  new CertificateEnrolment(identity, InstantSource.system()));
          ShareStatus status =
              new ShareStatus(
                      round.ctx(), "keys", 0, 0, round.open().clients(), List.of(), Bytes.EMPTY)
                  .signed(CertificateEnrolment.signer(identity));
          link.send(new Envelope(Kinds.SHARE_STATUS, "", status.encode()));
          answers++;
        }
      }
      return closed.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      keys.forEach(HelperKey::close);
    }
  }

  @Test
  void streamsThatAreNotTheirs_areDeclined() throws Exception {
    try (FederationFixture federation = new FederationFixture(folder);
        FedServer server = federation.server("coordinator", Map.of())) {
      Path own = federation.enrol(Role.CLIENT, "mallory");
      try (Identity identity =
              Identity.load(
                  own.resolve("certificate.pem"),
                  own.resolve("private_key.pem"),
                  own.resolve("ca.pem"),
                  InstantSource.system());
          Link link =
              NetworkLink.open(
                  Route.to(URI.create("https://localhost:" + server.port())),
                  identity.tls(),
                  new IgnoringHandler())) {
        for (String stream : List.of("segment.1.0.0", "model.1", "events", "a/b")) {
          assertThatThrownBy(() -> link.upload(stream, new ZeroSource(1000)))
              .as(stream)
              .isInstanceOf(LinkRefused.class);
        }
      }
    }
  }

  private static final class IgnoringHandler implements LinkHandler {
    @Override
    public void received(Envelope envelope) {}

    @Override
    public void closed(String reason) {}
  }

  private static final class ZeroSource implements BlockSource {
    private long left;
    private final long length;

    ZeroSource(long length) {
      this.length = length;
      this.left = length;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public int read(ByteBuffer target) {
      if (left == 0) {
        return -1;
      }
      int count = (int) Math.min(left, target.remaining());
      target.put(new byte[count]);
      left -= count;
      return count;
    }

    @Override
    public void close() {}
  }
}
