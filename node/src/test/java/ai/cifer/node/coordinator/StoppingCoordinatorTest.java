package ai.cifer.node.coordinator;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.node.identity.Role;
import ai.cifer.node.wire.Streams;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A client that is refused leaves the round, and its update is gone. So a coordinator that stops,
/// and goes on in another process, cuts uploads off and refuses none.
class StoppingCoordinatorTest {
  private static final String SEGMENT = Streams.segment(new Streams.SegmentRef(1, 0, 0));

  @TempDir Path folder;

  private final Coordinator coordinator = new Coordinator(null, event -> {}, Duration.ZERO);
  private X509Certificate client;

  @BeforeEach
  void connect() throws Exception {
    client = ConnectedSession.certificate(folder, Role.CLIENT, "a");
    coordinator.opened(new ConnectedSession(client));
    coordinator.traffic(new OverRound());
  }

  private static void assertRefused(ThrowingCallable step) {
    assertThatThrownBy(step).isInstanceOf(LinkRefused.class);
  }

  private static void assertCutOff(ThrowingCallable step) {
    assertThatThrownBy(step)
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("the coordinator stops, and may be started again");
  }

  @Test
  void anUploadThatRuns_isCutOff() throws Exception {
    try (BlockSink upload = coordinator.receive(client, SEGMENT, 9)) {
      assertRefused(() -> upload.write(ByteBuffer.allocate(1)));
      assertRefused(upload::complete);
      coordinator.askToStop();
      assertCutOff(() -> upload.write(ByteBuffer.allocate(1)));
      assertCutOff(upload::complete);
    }
  }

  @Test
  void aStreamThatWouldBegin_isCutOff() {
    coordinator.traffic(null);
    assertRefused(() -> coordinator.receive(client, SEGMENT, 9));
    assertRefused(() -> coordinator.serve(client, Streams.model(1)));
    coordinator.askToStop();
    assertCutOff(() -> coordinator.receive(client, SEGMENT, 9));
    assertCutOff(() -> coordinator.serve(client, Streams.model(1)));
  }

  /// A round that takes nothing more.
  private static final class OverRound implements Coordinator.RoundTraffic {
    @Override
    public Optional<RoundEvent> read(Seat seat, Envelope envelope) {
      return Optional.empty();
    }

    @Override
    public void accept(Seat seat, RoundEvent event, Envelope message) {}

    @Override
    public void left(String name, String reason) {}

    @Override
    public void joined(Seat seat) {}

    @Override
    public BlockSink upload(Seat seat, Streams.SegmentRef segment, long length) {
      return new BlockSink() {
        @Override
        public void write(ByteBuffer chunk) throws IOException {
          throw LinkRefused.declined("round 1 is over");
        }

        @Override
        public byte[] complete() throws IOException {
          throw LinkRefused.declined("round 1 is over");
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public List<Path> model(int round) {
      return List.of();
    }
  }
}
