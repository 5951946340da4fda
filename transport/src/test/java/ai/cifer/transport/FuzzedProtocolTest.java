package ai.cifer.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.transport.wire.Block;
import ai.cifer.transport.wire.Claim;
import ai.cifer.transport.wire.DownloadOpen;
import ai.cifer.transport.wire.DownloadReply;
import ai.cifer.transport.wire.EnvelopeFrame;
import ai.cifer.transport.wire.Goodbye;
import ai.cifer.transport.wire.Hello;
import ai.cifer.transport.wire.Proof;
import ai.cifer.transport.wire.SessionFrame;
import ai.cifer.transport.wire.UploadFrame;
import ai.cifer.transport.wire.UploadOpen;
import ai.cifer.transport.wire.UploadReply;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Messages as no participant says them, through everything that both transports share: every call
/// ends, nothing is kept, and nobody gets in.
class FuzzedProtocolTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("federation");
  private static final TlsIdentity COORDINATOR = AUTHORITY.issue("coordinator");
  private static final X509Certificate CLIENT = AUTHORITY.issue("client").chain().getFirst();
  private static final Map<X509Certificate, PublicKey> ROSTER = TestSigner.roster();
  private static final long MEGABYTE = 1 << 20;

  private static final List<MessageLite> SESSION =
      List.of(
          session().setHello(Hello.newBuilder().setVersion(1)).build(),
          session()
              .setHello(
                  Hello.newBuilder()
                      .setVersion(1)
                      .setClaim(
                          Claim.newBuilder()
                              .setCertificate(ByteString.copyFrom(new byte[300]))
                              .setNonce(Statement.random())))
              .build(),
          session()
              .setProof(
                  Proof.newBuilder()
                      .setBinding(Statement.UNBOUND)
                      .setSignature(ByteString.copyFrom(new byte[64])))
              .build(),
          session()
              .setEnvelope(
                  EnvelopeFrame.newBuilder()
                      .setKind("join")
                      .setId("1")
                      .setBody(ByteString.copyFromUtf8("{}")))
              .build(),
          session().setGoodbye(Goodbye.newBuilder().setReason("bye")).build());
  private static final List<MessageLite> UPLOAD =
      List.of(
          UploadFrame.newBuilder()
              .setOpen(UploadOpen.newBuilder().setStream("segment.1.0.1").setLength(10))
              .build(),
          UploadFrame.newBuilder()
              .setBlock(Block.newBuilder().setBody(ByteString.copyFrom(new byte[10])))
              .build(),
          UploadFrame.newBuilder()
              .setBlock(Block.newBuilder().setOffset(5).setBody(ByteString.copyFrom(new byte[5])))
              .build());
  private static final List<MessageLite> DOWNLOAD =
      List.of(DownloadOpen.newBuilder().setStream("model.1").setOffset(3).build());

  private static SessionFrame.Builder session() {
    return SessionFrame.newBuilder();
  }

  @Test
  @Timeout(60)
  void aFewThousand() throws Exception {
    fuzz(3_000);
  }

  @Test
  @Tag("slow")
  @Timeout(120)
  void manyThousand() throws Exception {
    fuzz(100_000);
  }

  @Test
  @Tag("full")
  @Timeout(3600)
  void tenMillion() throws Exception {
    fuzz(10_000_000);
  }

  private static void fuzz(int frames) throws Exception {
    var handler = new Counting();
    var calls =
        new EndpointCalls(
            handler,
            new Doorkeeper(TestSigner.enrolled(COORDINATOR, ROSTER), Set.of(Statement.UNBOUND)),
            new Refusals(System::nanoTime));
    var random = new SplittableRandom(frames);
    long said = 0;
    long atFirst = 0;
    while (said < frames) {
      said += one(calls, random);
      if (atFirst == 0 && said > frames / 10) {
        atFirst = usedMemory();
      }
    }
    calls.close();
    assertThat(handler.strangers.get()).as("sessions of strangers").isZero();
    assertThat(handler.sessions.get()).as("sessions left").isZero();
    assertThat(handler.open.get()).as("streams left").isZero();
    assertThat(usedMemory()).isLessThan(atFirst + 32 * MEGABYTE);
  }

  private static long usedMemory() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /// @return how many messages it said
  private static int one(EndpointCalls calls, SplittableRandom random) throws IOException {
    var caller = new Caller(random.nextBoolean() ? CLIENT : null, () -> {});
    return switch (random.nextInt(3)) {
      case 0 -> {
        var call = new InProcessCall<SessionFrame, SessionFrame>();
        calls.session(caller, call.coordinator());
        yield say(call.participant(), SessionFrame.parser(), SESSION, 4, random);
      }
      case 1 -> {
        var call = new InProcessCall<UploadFrame, UploadReply>();
        calls.upload(caller, call.coordinator());
        yield say(call.participant(), UploadFrame.parser(), UPLOAD, 4, random);
      }
      default -> {
        var call = new InProcessCall<DownloadOpen, DownloadReply>();
        calls.download(caller, call.coordinator());
        // A third would wait until somebody reads what the coordinator sends.
        yield say(call.participant(), DownloadOpen.parser(), DOWNLOAD, 2, random);
      }
    };
  }

  private static <I, O> int say(
      Pipe<I, O> pipe,
      Parser<O> parser,
      List<MessageLite> sound,
      int most,
      SplittableRandom random) {
    int said = 0;
    try {
      for (int i = random.nextInt(most); i >= 0; i--) {
        said++;
        pipe.put(parser.parseFrom(fuzzed(sound, random)));
      }
      pipe.finish();
      while (pipe.take() != null) {
        Thread.onSpinWait();
      }
    } catch (InvalidProtocolBufferException malformed) {
      pipe.fail(new Fault(Fault.Kind.INVALID, "malformed"));
    } catch (IOException refused) {
      assertThat(refused).hasMessageNotContaining("internal error");
    }
    return said;
  }

  /// Mostly a sound message with some bytes changed, since noise hardly gets past the parser.
  private static byte[] fuzzed(List<MessageLite> sound, SplittableRandom random) {
    byte[] bytes = sound.get(random.nextInt(sound.size())).toByteArray();
    switch (random.nextInt(5)) {
      case 0 -> {
        bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
      }
      case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 8));
      default -> {
        for (int i = random.nextInt(3); i > 0 && bytes.length > 0; i--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
      }
    }
    return bytes;
  }

  /// Takes everything and keeps nothing.
  private static final class Counting implements EndpointHandler {
    final AtomicLong sessions = new AtomicLong();
    final AtomicLong strangers = new AtomicLong();
    final AtomicLong open = new AtomicLong();

    @Override
    public void opened(Session session) {
      sessions.incrementAndGet();
      if (!session.peer().equals(CLIENT)) {
        strangers.incrementAndGet();
      }
    }

    @Override
    public void received(Session session, Envelope envelope) {}

    @Override
    public void closed(Session session, String reason) {
      sessions.decrementAndGet();
    }

    @Override
    public BlockSink receive(X509Certificate peer, String stream, long length) {
      open.incrementAndGet();
      return new BlockSink() {
        @Override
        public void write(ByteBuffer chunk) {}

        @Override
        public byte[] complete() {
          return new byte[0];
        }

        @Override
        public void close() {
          open.decrementAndGet();
        }
      };
    }

    @Override
    public BlockSource serve(X509Certificate peer, String stream) {
      open.incrementAndGet();
      return new BlockSource() {
        private boolean given;

        @Override
        public long length() {
          return 8;
        }

        @Override
        public void position(long offset) {
          given = offset == 8;
        }

        @Override
        public int read(ByteBuffer target) {
          if (given) {
            return -1;
          }
          int count = target.remaining();
          target.position(target.limit());
          given = true;
          return count;
        }

        @Override
        public void close() {
          open.decrementAndGet();
        }
      };
    }
  }
}
