package ai.cifer.systemtests;

import static ai.cifer.systemtests.AttackedFederation.HONEST;
import static ai.cifer.systemtests.AttackedFederation.ONE;
import static ai.cifer.systemtests.AttackedFederation.THREE;
import static ai.cifer.systemtests.AttackedFederation.TRAITOR;
import static ai.cifer.systemtests.AttackedFederation.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.BeaconList;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.EncryptedSum;
import ai.cifer.secagg.message.Message;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.RoundResult;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.transport.Envelope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A malicious coordinator sends real clients damaged messages, each in the place of a good one:
/// they refuse, and say what was wrong; nothing of theirs leaves.
///
/// What is no message at all ends a client: whoever sends that cannot be worked with.
@Tag("slow")
class DamagedMessageSystemTest {
  private static final int REFUSED = 23;
  private static final int SEED = 20_261_125;
  private static final int LONGEST_CONTROL = 1 << 16;
  private static final int FLIPS = 8;

  /// What a client says of its own accord, or to say no.
  private static final List<String> HARMLESS =
      List.of(
          Kinds.HELPER_HELLO,
          ControlMessage.kind(ControlMessage.Join.class),
          ControlMessage.kind(ControlMessage.Withdraw.class),
          ControlMessage.kind(ControlMessage.StopHelping.class),
          ControlMessage.kind(ControlMessage.DeclineSegment.class));

  @RegisterExtension static final Federation PROCESSES = new Federation();

  private static AttackedFederation attacked;

  @BeforeAll
  static void start() throws Exception {
    attacked = new AttackedFederation(PROCESSES);
  }

  @AfterAll
  static void stop() throws Exception {
    attacked.close();
  }

  @BeforeEach
  void forget() {
    attacked.coordinator.uploads.clear();
  }

  private static Envelope envelope(String kind, Message message) {
    return new Envelope(kind, "", message.encode());
  }

  /// A good message of every kind that a client reads.
  private static List<Envelope> everyKind(CapturedRound round) throws Exception {
    Cohort cohort = round.cohort(ONE, TWO, TRAITOR);
    RoundOpen open = round.round.open();
    Bytes hash = Bytes.sha256(new byte[1]);
    RoundResult result =
        new RoundResult(round.round.ctx(), List.of(hash), hash, hash, open.author(), Bytes.EMPTY)
            .signed(attacked.coordinator.signer());
    return List.of(
        envelope(Kinds.ROUND_OPEN, open),
        envelope(Kinds.SHARES, round.shares(0, ONE)),
        envelope(Kinds.COHORT, cohort),
        envelope(
            Kinds.REVEAL_REQUEST, CapturedRound.request(cohort, attacked.accomplice.sign(cohort))),
        envelope(Kinds.RETRY, new Retry(round.round.ctx(), 0, 1, List.of())),
        envelope(Kinds.ROUND_RESULT, result),
        envelope(
            Kinds.BEACON_LIST,
            new BeaconList(
                open.federation(), open.run(), 1, 1, List.of(new BeaconList.Entry(ONE, hash)))),
        envelope(
            Kinds.ENCRYPTED_SUM,
            new EncryptedSum(round.round.ctx(), 0, 0, hash, 0, Bytes.zeros(64))),
        new ControlMessage.HelloRequest(open.federation(), "next", 1).envelope(),
        new ControlMessage.CommitmentRequest("next", 1, 1).envelope(),
        new ControlMessage.StatementRequest(1, 0, 0).envelope(),
        new ControlMessage.RoundVoid(1, "").envelope(),
        new ControlMessage.RunEnd(1, "").envelope());
  }

  /// Three at a time, since each costs a process.
  private static void assertEachEndsAClient(List<Envelope> damaged) throws Exception {
    for (int from = 0; from < damaged.size(); from += HONEST.size()) {
      List<Envelope> some = damaged.subList(from, Math.min(damaged.size(), from + HONEST.size()));
      String[] clients = HONEST.subList(0, some.size()).toArray(String[]::new);
      for (int i = 0; i < clients.length; i++) {
        attacked.coordinator.send(clients[i], some.get(i));
      }
      for (int i = 0; i < clients.length; i++) {
        assertRefusedAsMalformed(attacked.process(clients[i]), some.get(i).kind());
      }
      attacked.restart(clients);
    }
    assertThat(attacked.coordinator.uploads).isEmpty();
  }

  private static void assertRefusedAsMalformed(Cifer client, String kind) throws Exception {
    assertThat(client.exitCode()).as(client::report).isEqualTo(REFUSED);
    assertThat(client.err())
        .contains(kind + " of the coordinator: malformed, ")
        .doesNotContain("OutOfMemoryError", "\tat ");
  }

  @Test
  void truncated_itEndsTheClient_whoSaysOfWhatKindItWas() throws Exception {
    List<Envelope> truncated = new ArrayList<>();
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      for (Envelope good : everyKind(round)) {
        byte[] body = good.body();
        truncated.add(new Envelope(good.kind(), "", Arrays.copyOf(body, body.length - 1)));
      }
    }
    attacked.coordinator.uploads.clear();
    assertEachEndsAClient(truncated);
  }

  /// As long as the transport lets a message be, and full of numbers that claim to be lengths.
  @Test
  void oversized_itEndsTheClient_beforeItTakesMemory() throws Exception {
    List<Envelope> oversized = new ArrayList<>();
    byte[] longest = new byte[Envelope.MAX_BODY_BYTES];
    Arrays.fill(longest, (byte) 0x7f);
    for (String kind : List.of(Kinds.SHARES, Kinds.COHORT)) {
      oversized.add(new Envelope(kind, "", longest));
    }
    byte[] open = attacked.coordinator.sign(attacked.offer()).encode();
    byte[] padded = Arrays.copyOf(open, Envelope.MAX_BODY_BYTES);
    oversized.add(new Envelope(Kinds.ROUND_OPEN, "", padded));
    byte[] spaces = new byte[LONGEST_CONTROL + 1];
    Arrays.fill(spaces, (byte) ' ');
    for (Class<? extends ControlMessage> type :
        List.of(ControlMessage.HelloRequest.class, ControlMessage.RunEnd.class)) {
      oversized.add(new Envelope(ControlMessage.kind(type), "", spaces));
    }
    assertEachEndsAClient(oversized);
  }

  @Test
  void withAFlippedBit_aRoundIsNotTakenPartIn() throws Exception {
    byte[] open = attacked.coordinator.sign(attacked.offer()).encode();
    for (byte[] flipped : flipped(open, FLIPS)) {
      answers(new Envelope(Kinds.ROUND_OPEN, "", flipped), true);
    }
    assertThat(attacked.coordinator.uploads).isEmpty();
  }

  @Test
  void withAFlippedBit_aShareIsComplainedAbout() throws Exception {
    Offer offer = attacked.offer();
    offer.segmentParameters = Federation.PARAMETERS / 6 + 1;
    try (CapturedRound round = attacked.capture(offer)) {
      int segments = round.round.segments().size();
      assertThat(segments).isEqualTo(6);
      for (int segment = 0; segment < segments; segment++) {
        byte[] shares = round.shares(segment, ONE).encode();
        int last = shares.length - 1;
        shares[last - segment * (last / segments)] ^= 1;
        attacked.coordinator.send(ONE, new Envelope(Kinds.SHARES, "", shares));
        ShareStatus status =
            ShareStatus.decode(attacked.coordinator.await(ONE, Kinds.SHARE_STATUS).body());
        assertThat(status.segment()).isEqualTo(segment);
        assertThat(status.complaints()).hasSize(1);
      }
    }
  }

  @Test
  void withAFlippedBit_noCohortIsSigned() throws Exception {
    assertHarmless(
        Kinds.COHORT_SIGNATURE,
        round -> envelope(Kinds.COHORT, round.cohort(ONE, TWO, THREE, TRAITOR)));
  }

  @Test
  void withAFlippedBit_noSumIsRevealed() throws Exception {
    assertHarmless(
        Kinds.REVEAL,
        round -> {
          Cohort all = round.cohort(ONE, TWO, THREE, TRAITOR);
          return envelope(
              Kinds.REVEAL_REQUEST,
              CapturedRound.request(
                  all, round.sign(ONE, all), round.sign(TWO, all), round.sign(THREE, all)));
        });
  }

  @Test
  void aModelOfAnotherLength_isRefused() throws Exception {
    Path values = PROCESSES.folder().resolve("values.f32");
    byte[] announced = Files.readAllBytes(values);
    try {
      for (int length : new int[] {announced.length - 1, announced.length + 1, 0}) {
        Files.write(values, Arrays.copyOf(announced, length));
        attacked.coordinator.send(
            ONE, Kinds.ROUND_OPEN, attacked.coordinator.sign(attacked.offer()));
        assertThat(attacked.coordinator.awaitWithdrawal(ONE))
            .contains("bytes (expected: %d, as its layout says)".formatted(announced.length));
      }
    } finally {
      Files.write(values, announced);
    }
    assertThat(attacked.coordinator.uploads).isEmpty();
  }

  /// Three hundred megabytes for a client of 64.
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFloodOfMessagesOfARoundThatIsOver_takesNoMemory() throws Exception {
    Envelope old;
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      old = envelope(Kinds.SHARES, round.shares(0, ONE));
    }
    try (Memory memory = Memory.of(attacked.process(ONE))) {
      flood(old, 500);
      long before = memory.peak().own();
      flood(old, 4_000);
      assertThat(4_000L * old.body().length).isGreaterThan(250_000_000);
      assertThat(memory.peak().own() - before).isLessThan(48 << 20);
    }
    try (CapturedRound round = attacked.capture(attacked.offer())) {
      round.checkAll();
      assertThat(round.sign(ONE, round.cohort(ONE, TWO, THREE)).helper()).isEqualTo(ONE);
    }
  }

  /// Not faster than it reads.
  private static void flood(Envelope message, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      attacked.coordinator.send(ONE, message);
      if (i % 100 == 99) {
        attacked.coordinator.hello(ONE, CuriousCoordinator.FENCE, 1);
      }
    }
  }

  /// What a good message needs to be answered.
  private interface Preparation {
    Envelope good(CapturedRound round) throws Exception;
  }

  /// Flips bits of a message to a helper that has checked its shares, and sends it as it should be
  /// in the end.
  private static void assertHarmless(String answer, Preparation preparation) throws Exception {
    int flips = 0;
    while (flips < FLIPS) {
      try (CapturedRound round = attacked.capture(attacked.offer())) {
        round.checkAll();
        Envelope good = preparation.good(round);
        boolean alive = true;
        for (byte[] flipped : flipped(good.body(), FLIPS).subList(flips, FLIPS)) {
          flips++;
          alive = answers(new Envelope(good.kind(), "", flipped), false);
          if (!alive) {
            break;
          }
        }
        if (alive) {
          attacked.coordinator.send(ONE, good);
          assertThat(attacked.coordinator.await(ONE, answer).kind()).isEqualTo(answer);
        }
      }
    }
  }

  /// Sends a damaged message and waits until the client has dealt with it, by saying no or nothing,
  /// or has ended over it; then it is started again.
  ///
  /// @param withdraws whether it says no as a client, too
  /// @return whether it lives
  private static boolean answers(Envelope damaged, boolean withdraws) throws Exception {
    attacked.coordinator.forget(ONE);
    attacked.coordinator.send(ONE, damaged);
    attacked.coordinator.send(
        ONE,
        new ControlMessage.HelloRequest(
                attacked.coordinator.federation(), CuriousCoordinator.FENCE, 1)
            .envelope());
    String withdrawn = ControlMessage.kind(ControlMessage.Withdraw.class);
    Wait.until(
        "the client has dealt with " + damaged.kind(),
        Duration.ofSeconds(60),
        () -> {
          List<String> arrived = attacked.coordinator.arrived(ONE);
          return !attacked.process(ONE).isAlive()
              || (arrived.contains(Kinds.HELPER_HELLO)
                  && (!withdraws || arrived.contains(withdrawn)));
        });
    assertThat(HARMLESS).containsAll(attacked.coordinator.arrived(ONE));
    if (attacked.process(ONE).isAlive()) {
      return true;
    }
    assertRefusedAsMalformed(attacked.process(ONE), damaged.kind());
    attacked.restart(ONE);
    return false;
  }

  /// The same bits in every run of this test.
  private static List<byte[]> flipped(byte[] good, int count) {
    return new Random(SEED)
        .ints(count, 0, 8 * good.length)
        .mapToObj(bit -> {
          byte[] flipped = good.clone();
          flipped[bit / 8] ^= (byte) (1 << (bit % 8));
          return flipped;
        })
        .toList();
  }
}
