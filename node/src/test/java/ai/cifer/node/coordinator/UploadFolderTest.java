package ai.cifer.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.participant.ScriptedCoordinator;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Complete or nothing, and once.
class UploadFolderTest {

  @TempDir Path folder;
  private ScriptedCoordinator federation;
  private UploadFolder uploads;
  private Seat seat;
  private long length;

  @BeforeEach
  void open() throws Exception {
    federation = new ScriptedCoordinator(folder.resolve("federation"));
    VerifiedRound round =
        VerifiedRound.verify(
            federation.open(1),
            new CertificateEnrolment(federation.coordinator, InstantSource.system()));
    uploads = new UploadFolder(Files.createDirectories(folder.resolve("segments")), round);
    Identity client = federation.clients.getFirst();
    seat = new Seat(client.participant(), new ConnectedSession(client.participant().certificate()));
    length = round.plan().segmentBytes(round.segments().getFirst().size());
  }

  @AfterEach
  void close() {
    federation.close();
  }

  private BlockSink begin() throws IOException {
    return uploads.receive(seat, 0, 0, length);
  }

  private void assertDeclined(String because) {
    assertThatThrownBy(this::begin).isInstanceOf(LinkRefused.class).hasMessageContaining(because);
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder.resolve("segments"))) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void aSegmentBearsItsName_whenAllOfItIsHere_andIsNotTakenAgain() throws Exception {
    try (BlockSink sink = begin()) {
      sink.write(ByteBuffer.allocate((int) length));
      assertThat(names()).containsExactly("client-0.000000.00.blocks.0.partial");
      assertThat(uploads.root("client-0", 0, 0)).isEmpty();
      assertThat(sink.complete())
          .isEqualTo(uploads.root("client-0", 0, 0).orElseThrow().toByteArray());
    }
    assertThat(names()).containsExactly("client-0.000000.00.blocks");
    assertDeclined("is here already");
    assertThatThrownBy(this::begin)
        .isInstanceOfSatisfying(
            LinkRefused.class,
            refused -> assertThat(refused.reason()).isEqualTo(LinkRefused.Reason.NOT_NEEDED));
    assertThatThrownBy(() -> uploads.receive(seat, 0, 1, length + 1))
        .as("what is wrong is no blessing")
        .isInstanceOfSatisfying(
            LinkRefused.class,
            refused -> assertThat(refused.reason()).isEqualTo(LinkRefused.Reason.DECLINED));
  }

  /// The second looked whether the segment is here before the first was complete, and would have
  /// put other blocks under a manifest that has come.
  @Test
  @Timeout(60)
  void ofTwoAtATime_theSecondDoesNotReplaceWhatIsHere() throws Exception {
    AtomicReference<Exception> second = new AtomicReference<>();
    byte[] root;
    try (BlockSink first = begin()) {
      first.write(ByteBuffer.allocate((int) length));
      Thread late;
      UploadFolder locked = uploads;
      synchronized (locked) {
        late =
            Thread.ofPlatform()
                .start(() -> {
                  try (BlockSink sink = begin()) {
                    ByteBuffer other = ByteBuffer.allocate((int) length);
                    other.put(0, (byte) 1);
                    sink.write(other);
                    sink.complete();
                  } catch (IOException refused) {
                    second.set(refused);
                  }
                });
        while (late.getState() != Thread.State.BLOCKED) {
          Thread.onSpinWait();
        }
        root = first.complete();
      }
      late.join();
    }
    assertThat(second.get())
        .isInstanceOf(LinkRefused.class)
        .hasMessageContaining("is here already");
    assertThat(uploads.root("client-0", 0, 0).orElseThrow().toByteArray()).isEqualTo(root);
    assertThat(Files.readAllBytes(uploads.file("client-0", 0, 0))).containsOnly(0);
  }

  @Test
  void namesThatDifferOnlyInCase_areDifferentFiles_alsoOnDisksThatIgnoreIt() {
    assertThat(uploads.file("Bonn", 0, 0).toString())
        .isNotEqualToIgnoringCase(uploads.file("bonn", 0, 0).toString());
    assertThat(uploads.update("bonN").toString())
        .isNotEqualToIgnoringCase(uploads.update("bonn").toString());
  }

  @Test
  void whoLostItsLinkAndIsBack_beginsAnew_andTheOldUploadHasNoSayAnyMore() throws Exception {
    try (BlockSink old = begin()) {
      old.write(ByteBuffer.allocate((int) (length / 2)));
      try (BlockSink anew = begin()) {
        assertThatThrownBy(() -> old.write(ByteBuffer.allocate(1)))
            .isInstanceOf(LinkRefused.class)
            .hasMessageContaining("is being uploaded anew");
        assertThatThrownBy(old::complete).isInstanceOf(LinkRefused.class);
        anew.write(ByteBuffer.allocate((int) length));
        anew.complete();
      }
    }
    assertThat(names()).containsExactly("client-0.000000.00.blocks");
  }

  @Test
  void attemptsLieApart() throws Exception {
    try (BlockSink first = begin();
        BlockSink second = uploads.receive(seat, 0, 1, length)) {
      first.write(ByteBuffer.allocate((int) length));
      second.write(ByteBuffer.allocate((int) length));
      first.complete();
      second.complete();
    }
    uploads.delete(List.of("client-0"), 0, 0);
    assertThat(names()).containsExactly("client-0.000000.01.blocks");
  }

  @Test
  void halfASegment_isNothing_andMayComeAgain() throws Exception {
    try (BlockSink sink = begin()) {
      sink.write(ByteBuffer.allocate((int) (length / 2)));
    }
    assertThat(names()).isEmpty();
    assertThat(uploads.root("client-0", 0, 0)).isEmpty();
    begin().close();
  }

  @Test
  void afterTheRound_nothingIsTaken() throws Exception {
    try (BlockSink sink = begin()) {
      uploads.close();
      assertThatThrownBy(() -> sink.write(ByteBuffer.allocate(1)))
          .isInstanceOf(LinkRefused.class)
          .hasMessageContaining("round 1 is over");
      assertThatThrownBy(sink::complete).isInstanceOf(LinkRefused.class);
    }
    assertDeclined("the round is over");
    assertThat(names()).isEmpty();
  }

  @Test
  void lengthAndSegmentAreThoseOfThePlan() {
    assertThatThrownBy(() -> uploads.receive(seat, 0, 0, length + 1))
        .isInstanceOf(LinkRefused.class)
        .hasMessageContaining("length of segment 0");
    assertThatThrownBy(() -> uploads.receive(seat, 1, 0, length))
        .isInstanceOf(LinkRefused.class)
        .hasMessageContaining("segment: 1 (expected: 0 to 0)");
  }

  /// Half-written segments on the disk are bounded by what the client has to send anyway.
  @Test
  void whoBeginsAgainAndAgain_fillsNoDisk_andIsRefusedInTheEnd() throws Exception {
    try (Closeables begun = new Closeables()) {
      for (int i = 0; i < 64; i++) {
        BlockSink sink = begun.add(begin());
        sink.write(ByteBuffer.allocate((int) (length / 2)));
        assertThat(names()).hasSize(1);
      }
      assertDeclined("begun 65 times (expected: <= 64)");
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void whoUploadsMuchAtATime_isRefused_untilSomeOfItEnded() throws Exception {
    try (Closeables begun = new Closeables()) {
      for (int attempt = 0; attempt < 8; attempt++) {
        begun.add(uploads.receive(seat, 0, attempt, length));
      }
      assertThatThrownBy(() -> uploads.receive(seat, 0, 8, length))
          .isInstanceOf(LinkRefused.class)
          .hasMessageContaining("uploads of client-0 at a time: 9 (expected: <= 8)");
    }
    uploads.receive(seat, 0, 8, length).close();
  }

  private static final class Closeables implements AutoCloseable {
    private final List<BlockSink> sinks = new ArrayList<>();

    BlockSink add(BlockSink sink) {
      sinks.add(sink);
      return sink;
    }

    @Override
    public void close() throws IOException {
      for (BlockSink sink : sinks) {
        sink.close();
      }
    }
  }
}
