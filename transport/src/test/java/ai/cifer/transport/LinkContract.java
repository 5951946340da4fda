package ai.cifer.transport;

import static ai.cifer.transport.RecordingHandler.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.transport.LinkRefused.Reason;
import ai.cifer.transport.RecordingHandler.MemorySink;
import ai.cifer.transport.RecordingHandler.MemorySource;
import ai.cifer.transport.RecordingHandler.Participant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every kind of link promises. One subclass per kind.
@Timeout(60)
abstract class LinkContract {
  /// An endpoint and a way to connect to it.
  interface Wire extends AutoCloseable {
    Link connect(LinkHandler handler) throws IOException;

    X509Certificate peer();

    @Override
    void close();
  }

  abstract Wire start(EndpointHandler handler) throws IOException;

  private static Envelope envelope(int i) {
    return new Envelope("test", Integer.toString(i), new byte[] {(byte) i});
  }

  static byte[] bytes(int length) {
    var out = new byte[length];
    new SplittableRandom(length).nextBytes(out);
    return out;
  }

  @Test
  void envelopesArriveInOrderInBothDirections() throws IOException {
    var handler = new RecordingHandler();
    var participant = new Participant();
    try (Wire wire = start(handler);
        Link link = wire.connect(participant)) {
      Session session = next(handler.sessions);
      assertThat(session.peer()).isEqualTo(wire.peer());
      assertThat(session.isOpen()).isTrue();
      for (int i = 0; i < 500; i++) {
        link.send(envelope(i));
        session.send(envelope(i));
      }
      for (int i = 0; i < 500; i++) {
        assertThat(next(handler.envelopes)).isEqualTo(envelope(i));
        assertThat(next(participant.envelopes)).isEqualTo(envelope(i));
      }
    }
    assertThat(next(handler.ends)).isEqualTo("closed by the participant");
    assertThat(next(participant.ends)).isEqualTo("closed by this side");
    assertThat(handler.order.getFirst()).isEqualTo("opened");
    assertThat(handler.order.getLast()).isEqualTo("closed");
    assertThat(handler.order).hasSize(502);
  }

  @Test
  void manyThreadsMaySendAtOnceAndNothingIsLost() throws Exception {
    var handler = new RecordingHandler();
    var participant = new Participant();
    try (Wire wire = start(handler);
        Link link = wire.connect(participant)) {
      Session session = next(handler.sessions);
      var threads = new ArrayList<Thread>();
      for (int t = 0; t < 8; t++) {
        int base = t * 100;
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 0; i < 100; i++) {
                    session.send(envelope(base + i));
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      var last = new int[8];
      for (int i = 0; i < 800; i++) {
        int id = Integer.parseInt(next(participant.envelopes).id());
        assertThat(id % 100).isEqualTo(last[id / 100]++);
      }
      assertThat(link.isOpen()).isTrue();
    }
  }

  @Test
  void theLongestEnvelopeArrives() throws IOException {
    var handler = new RecordingHandler();
    var participant = new Participant();
    try (Wire wire = start(handler);
        Link link = wire.connect(participant)) {
      var longest = new Envelope("k", "i".repeat(256), bytes(Envelope.MAX_BODY_BYTES));
      link.send(longest);
      assertThat(next(handler.envelopes)).isEqualTo(longest);
      next(handler.sessions).send(longest);
      assertThat(next(participant.envelopes)).isEqualTo(longest);
    }
  }

  @Test
  void aRefusedPeerLearnsTheReasonAndIsNotReportedClosed() throws IOException {
    var handler =
        new RecordingHandler() {
          @Override
          public void opened(Session session) throws LinkRefused {
            throw LinkRefused.declined("client-7 is not in the roster; ask for enrolment");
          }
        };
    try (Wire wire = start(handler)) {
      assertThatThrownBy(() -> wire.connect(new Participant()))
          .isInstanceOfSatisfying(
              LinkRefused.class, e -> assertThat(e.reason()).isEqualTo(Reason.DECLINED))
          .hasMessage("client-7 is not in the roster; ask for enrolment");
    }
    assertThat(handler.ends).isEmpty();
  }

  @Test
  void aFailureOfTheHandlerDoesNotCrossTheWire() throws IOException {
    var handler =
        new RecordingHandler() {
          @Override
          public void received(Session session, Envelope envelope) {
            throw new IllegalStateException("secret-detail");
          }
        };
    var participant = new Participant();
    try (Wire wire = start(handler);
        Link link = wire.connect(participant)) {
      link.send(envelope(1));
      assertThat(next(participant.ends)).contains("internal error").doesNotContain("secret-detail");
      assertThat(next(handler.ends)).contains("internal error");
      assertThat(link.isOpen()).isFalse();
      assertThatThrownBy(() -> link.send(envelope(2)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("internal error");
    }
  }

  @Test
  void theCoordinatorEndsASessionAfterWhatItSent() throws IOException {
    var handler = new RecordingHandler();
    var participant = new Participant();
    try (Wire wire = start(handler);
        Link link = wire.connect(participant)) {
      Session session = next(handler.sessions);
      for (int i = 0; i < 100; i++) {
        session.send(envelope(i));
      }
      session.close("the run is over");
      session.close("again");
      session.send(envelope(100));
      assertThat(session.isOpen()).isFalse();
      assertThat(next(handler.ends)).isEqualTo("the run is over");
      assertThat(next(participant.ends)).isEqualTo("the run is over");
      assertThat(participant.envelopes).hasSize(100);
      assertThat(link.isOpen()).isFalse();
      assertThatThrownBy(() -> link.upload("s", new MemorySource(bytes(1))))
          .hasMessageContaining("the run is over");
    }
  }

  @Test
  void closingTheEndpointEndsEverySession() throws IOException {
    var handler = new RecordingHandler();
    var participant = new Participant();
    Wire wire = start(handler);
    Link link = wire.connect(participant);
    wire.close();
    assertThat(handler.ends).containsExactly("the coordinator closes");
    assertThat(next(participant.ends)).isEqualTo("the coordinator closes");
    link.close();
    link.close();
    wire.close();
  }

  @Test
  void aHandlerMayCloseItsOwnLink() throws Exception {
    var handler = new RecordingHandler();
    var done = new CountDownLatch(1);
    var holder = new ArrayList<Link>();
    try (Wire wire = start(handler)) {
      Link link =
          wire.connect(
              new LinkHandler() {
                @Override
                public void received(Envelope envelope) {
                  holder.getFirst().close();
                }

                @Override
                public void closed(String reason) {
                  done.countDown();
                }
              });
      holder.add(link);
      next(handler.sessions).send(envelope(1));
      assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(next(handler.ends)).isEqualTo("closed by the participant");
    }
  }

  @Test
  void streamsOfEveryLengthArriveWhole() throws IOException {
    var handler = new RecordingHandler();
    try (Wire wire = start(handler);
        Link link = wire.connect(new Participant())) {
      for (int length : new int[] {0, 1, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000}) {
        byte[] data = bytes(length);
        var source = new MemorySource(data);
        assertThat(link.upload("up/" + length, source)).containsExactly(42);
        MemorySink up = handler.sink("up/" + length);
        assertThat(up.bytes.toByteArray()).isEqualTo(data);
        assertThat(next(up.ends)).isTrue();
        assertThat(source.isClosed()).isTrue();
        handler.streams.put("down/" + length, data);
        var down = new MemorySink(0);
        link.download("down/" + length, down);
        assertThat(down.bytes.toByteArray()).isEqualTo(data);
        assertThat(next(down.ends)).isTrue();
      }
    }
  }

  @Test
  void streamsResumeAtTheOffsetOfTheSink() throws IOException {
    byte[] data = bytes(3_000_000);
    var sink = new MemorySink(1_234_567);
    var handler =
        new RecordingHandler() {
          @Override
          public BlockSink receive(X509Certificate peer, String stream, long length) {
            return sink;
          }
        };
    handler.streams.put("s", data);
    byte[] rest = java.util.Arrays.copyOfRange(data, 1_234_567, data.length);
    try (Wire wire = start(handler);
        Link link = wire.connect(new Participant())) {
      link.upload("s", new MemorySource(data));
      assertThat(sink.bytes.toByteArray()).isEqualTo(rest);
      var down = new MemorySink(1_234_567);
      link.download("s", down);
      assertThat(down.bytes.toByteArray()).isEqualTo(rest);
      assertThatThrownBy(() -> link.download("s", new MemorySink(3_000_001)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("3000001");
    }
  }

  @Test
  void anUploadThatEndsEarlyOrGoesOnIsAbandoned() throws IOException {
    var handler = new RecordingHandler();
    try (Wire wire = start(handler);
        Link link = wire.connect(new Participant())) {
      assertThatThrownBy(() -> link.upload("short", new MemorySource(bytes(2_000_000), 3_000_000)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("2000000")
          .hasMessageContaining("3000000");
      assertThat(next(handler.sink("short").ends)).isFalse();
      assertThatThrownBy(() -> link.upload("long", new MemorySource(bytes(3_000_000), 2_000_000)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("2000000");
      assertThat(next(handler.sink("long").ends)).isFalse();
      link.upload("fine", new MemorySource(bytes(10)));
    }
  }

  @Test
  void aRefusedStreamAndAFailedDiskTellTheirReasonWithoutPaths() throws IOException {
    var handler =
        new RecordingHandler() {
          @Override
          public BlockSink receive(X509Certificate peer, String stream, long length)
              throws IOException {
            if ("disk".equals(stream)) {
              return new BlockSink() {
                @Override
                public void write(ByteBuffer chunk) throws IOException {
                  throw new FileSystemException("/secret/path", null, "No space left on device");
                }

                @Override
                public byte[] complete() {
                  return new byte[0];
                }

                @Override
                public void close() {}
              };
            }
            throw LinkRefused.notNeeded("round 3 is closed");
          }
        };
    try (Wire wire = start(handler);
        Link link = wire.connect(new Participant())) {
      assertThatThrownBy(() -> link.upload("s", new MemorySource(bytes(9_000_000))))
          .hasMessage("round 3 is closed")
          .returns(Reason.NOT_NEEDED, e -> ((LinkRefused) e).reason());
      assertThatThrownBy(() -> link.upload("disk", new MemorySource(bytes(9_000_000))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left on device")
          .hasMessageNotContaining("secret");
      assertThatThrownBy(() -> link.download("absent", new MemorySink(0)))
          .isInstanceOf(LinkRefused.class)
          .hasMessage("no stream absent");
      assertThat(link.isOpen()).isTrue();
    }
  }

  @Test
  void namesThatAreNoSafePathsAreRefused() throws IOException {
    try (Wire wire = start(new RecordingHandler());
        Link link = wire.connect(new Participant())) {
      for (String name : new String[] {"", "..", "a/../b", "/a", "a//b", "a/", "a b", "ä", "a\0"}) {
        assertThatThrownBy(() -> link.upload(name, new MemorySource(bytes(1))))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void aSlowSinkSlowsTheSource() throws Exception {
    var gate = new CountDownLatch(1);
    var read = new AtomicLong();
    var stalled = new CountDownLatch(1);
    var handler =
        new RecordingHandler() {
          @Override
          public BlockSink receive(X509Certificate peer, String stream, long length) {
            return new BlockSink() {
              @Override
              public void write(ByteBuffer chunk) throws IOException {
                stalled.countDown();
                try {
                  gate.await();
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
              }

              @Override
              public byte[] complete() {
                return new byte[0];
              }

              @Override
              public void close() {}
            };
          }
        };
    long length = 64L << 20;
    var source =
        new BlockSource() {
          @Override
          public long length() {
            return length;
          }

          @Override
          public int read(ByteBuffer target) {
            long left = length - read.get();
            if (left == 0) {
              return -1;
            }
            int count = (int) Math.min(left, target.remaining());
            target.position(target.position() + count);
            read.addAndGet(count);
            return count;
          }

          @Override
          public void close() {}
        };
    try (Wire wire = start(handler);
        Link link = wire.connect(new Participant())) {
      Thread upload =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  link.upload("slow", source);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(stalled.await(20, TimeUnit.SECONDS)).isTrue();
      // While the stream stands still, the session goes on.
      for (int i = 0; i < 50; i++) {
        link.send(envelope(i));
        assertThat(next(handler.envelopes)).isEqualTo(envelope(i));
      }
      assertThat(read.get()).as("the kernel holds up to 10 MB").isLessThanOrEqualTo(24L << 20);
      gate.countDown();
      assertThat(upload.join(java.time.Duration.ofSeconds(30))).isTrue();
      assertThat(read.get()).isEqualTo(length);
    }
  }

  @Test
  void closingALinkAbortsItsStreams() throws Exception {
    var begun = new CountDownLatch(1);
    var handler =
        new RecordingHandler() {
          @Override
          public BlockSink receive(X509Certificate peer, String stream, long length)
              throws IOException {
            begun.countDown();
            return super.receive(peer, stream, length);
          }
        };
    var failure = new java.util.concurrent.CompletableFuture<String>();
    try (Wire wire = start(handler)) {
      Link link = wire.connect(new Participant());
      var source =
          new BlockSource() {
            @Override
            public long length() {
              return Long.MAX_VALUE;
            }

            @Override
            public int read(ByteBuffer target) {
              target.put(new byte[target.remaining() > 4096 ? 4096 : 1]);
              return 1;
            }

            @Override
            public void close() {}
          };
      Thread.ofVirtual()
          .start(() -> {
            try {
              link.upload("endless", source);
              failure.complete("none");
            } catch (IOException e) {
              failure.complete(String.valueOf(e.getMessage()));
            }
          });
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      link.close();
      assertThat(failure.get(20, TimeUnit.SECONDS)).contains("closed by this side");
      assertThat(next(handler.sink("endless").ends)).isFalse();
      assertThat(next(handler.ends)).isEqualTo("closed by the participant");
    }
  }

  @Test
  void aParticipantThatDoesNotReadIsClosedNotBuffered() throws Exception {
    var gate = new CountDownLatch(1);
    var handler = new RecordingHandler();
    var ends = new java.util.concurrent.LinkedBlockingQueue<String>();
    try (Wire wire = start(handler);
        Link link =
            wire.connect(
                new LinkHandler() {
                  @Override
                  public void received(Envelope envelope) {
                    try {
                      gate.await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }

                  @Override
                  public void closed(String reason) {
                    ends.add(reason);
                  }
                })) {
      Session session = next(handler.sessions);
      var large = new Envelope("k", "", "x".repeat(4 << 20).getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 40 && session.isOpen(); i++) {
        session.send(large);
      }
      assertThat(next(handler.ends)).contains("does not read");
      assertThat(session.isOpen()).isFalse();
      gate.countDown();
      next(ends);
      assertThat(link.isOpen()).isFalse();
    }
  }
}
