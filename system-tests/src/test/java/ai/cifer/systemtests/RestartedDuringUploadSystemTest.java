package ai.cifer.systemtests;

import static ai.cifer.systemtests.AttackedFederation.ONE;
import static ai.cifer.systemtests.AttackedFederation.THREE;
import static ai.cifer.systemtests.AttackedFederation.TRAITOR;
import static ai.cifer.systemtests.AttackedFederation.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.NotRevealed;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.RoundOpen;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// An upload of a real client breaks in the middle, and the coordinator has kept what came: the
/// same bytes follow or nothing, since two different messages under one secret and one public
/// polynomial give the difference of two updates.
@Tag("slow")
class RestartedDuringUploadSystemTest {
  /// 33 blocks, so that an upload has more than one chunk.
  private static final long PARAMETERS = 400_000;

  /// The first chunk and no more.
  private static final int HALF = 1 << 20;

  private static final int BLOCK_BYTES = 51_200;

  @RegisterExtension static final Federation PROCESSES = new Federation();

  private static AttackedFederation attacked;
  private static CuriousCoordinator coordinator;

  @BeforeAll
  static void start() throws Exception {
    attacked = new AttackedFederation(PROCESSES, PARAMETERS);
    coordinator = attacked.coordinator;
  }

  @AfterAll
  static void stop() throws Exception {
    attacked.close();
  }

  @BeforeEach
  void forget() {
    coordinator.uploads.clear();
  }

  @AfterEach
  void takeEverything() {
    coordinator.most = Integer.MAX_VALUE;
  }

  private static List<CuriousCoordinator.Upload> uploads(String client) {
    return coordinator.uploads.stream().filter(upload -> upload.client.equals(client)).toList();
  }

  /// Opens a round for the victim, and breaks its upload.
  private static RoundOpen broken(CuriousCoordinator.Break how) throws Exception {
    RoundOpen open = coordinator.sign(attacked.offer());
    coordinator.most = HALF;
    coordinator.enough =
        () -> {
          coordinator.most = Integer.MAX_VALUE;
          how.happen();
        };
    coordinator.send(ONE, Kinds.ROUND_OPEN, open);
    Wait.until(
        "half an upload",
        Duration.ofSeconds(60),
        () -> !uploads(ONE).isEmpty() && uploads(ONE).getFirst().bytes().length >= HALF);
    return open;
  }

  @Test
  void theLinkIsLost_identicalBytesFollow() throws Exception {
    RoundOpen open =
        broken(() -> {
          throw new IOException("the link is lost");
        });
    coordinator.awaitJoin(ONE);
    coordinator.send(ONE, Kinds.ROUND_OPEN, open);
    coordinator.awaitDelivery(ONE);

    assertThat(uploads(ONE)).hasSize(2);
    byte[] half = uploads(ONE).getFirst().bytes();
    byte[] whole = uploads(ONE).getLast().bytes();
    assertThat(whole).hasSizeGreaterThan(half.length);
    assertThat(Arrays.copyOf(whole, half.length)).isEqualTo(half);
  }

  @Test
  void theProcessIsKilled_nothingMoreOfThisRoundLeaves_andTheNextHasOtherSecrets()
      throws Exception {
    RoundOpen open =
        broken(() -> {
          attacked.process(ONE).kill();
          throw new IOException("the process was killed");
        });
    attacked.restart(ONE);
    coordinator.send(ONE, Kinds.ROUND_OPEN, open);
    assertThat(coordinator.awaitWithdrawal(ONE)).contains("an update may have left before");

    // Nor in a further attempt, for which there are statements enough.
    List<NotRevealed> statements = new ArrayList<>();
    for (String helper : List.of(TWO, THREE)) {
      coordinator.send(helper, Kinds.ROUND_OPEN, open);
      coordinator.awaitDelivery(helper);
      coordinator.send(helper, new ControlMessage.StatementRequest(1, 0, 0).envelope());
      statements.add(NotRevealed.decode(coordinator.await(helper, Kinds.NOT_REVEALED).body()));
    }
    Bytes ctx = statements.getFirst().ctx();
    statements.add(
        new NotRevealed(ctx, TRAITOR, 0, 0, Bytes.EMPTY).signed(attacked.accomplice.signer()));
    Retry retry = new Retry(ctx, 0, 1, statements);
    coordinator.send(TWO, Kinds.RETRY, retry);
    coordinator.awaitDelivery(TWO);
    coordinator.send(ONE, Kinds.RETRY, retry);
    coordinator.send(ONE, Kinds.ROUND_OPEN, open);
    assertThat(coordinator.awaitWithdrawal(ONE)).contains("an update may have left before");
    assertThat(uploads(ONE)).hasSize(1);
    assertThat(uploads(TWO)).hasSize(2);

    byte[] half = uploads(ONE).getFirst().bytes();
    coordinator.uploads.clear();
    try (CapturedRound next = attacked.capture(attacked.offer())) {
      assertThat(next.round.ctx()).isNotEqualTo(ctx);
      Set<Bytes> old = blocks(half);
      assertThat(old).hasSize(HALF / BLOCK_BYTES);
      assertThat(blocks(uploads(ONE).getFirst().bytes())).doesNotContainAnyElementsOf(old);
    }
  }

  private static Set<Bytes> blocks(byte[] upload) {
    return IntStream.range(0, upload.length / BLOCK_BYTES)
        .mapToObj(block ->
            Bytes.of(Arrays.copyOfRange(upload, block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES)))
        .collect(Collectors.toSet());
  }
}
