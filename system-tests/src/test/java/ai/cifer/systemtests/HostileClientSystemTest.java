package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.message.SealedShare;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// A real coordinator and three real clients, and a fourth that does something else in every round:
/// it is left out, the others complete, and where it does no harm it counts.
class HostileClientSystemTest {
  private static final String ROGUE = "client-4";

  @RegisterExtension static final Federation PROCESSES = new Federation();

  /// One a round, in this order.
  private enum Faults implements FaultyClient.Faults {
    DUPLICATED {
      @Override
      public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
          throws IOException {
        wire.stutters = true;
        wire.deliver(delivery);
      }
    },
    REORDERED {
      @Override
      public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
          throws IOException {
        wire.send(Kinds.MANIFEST, delivery.manifest());
        for (SealedShare share : delivery.shares().reversed()) {
          wire.send(Kinds.SEALED_SHARE, share);
        }
        wire.upload(delivery.blocks());
        wire.send(Kinds.MANIFEST, delivery.manifest());
      }
    },
    TRUNCATED_MESSAGE {
      @Override
      public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
          throws IOException {
        wire.upload(delivery.blocks());
        byte[] share = delivery.shares().getFirst().encode();
        wire.send(Kinds.SEALED_SHARE, Arrays.copyOf(share, share.length - 1));
      }
    },
    TRUNCATED_UPLOAD {
      @Override
      public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
          throws IOException {
        wire.upload(Arrays.copyOf(delivery.blocks(), delivery.blocks().length / 2));
      }
    },
    BIT_FLIPPED_MESSAGE {
      @Override
      public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
          throws IOException {
        wire.upload(delivery.blocks());
        for (SealedShare share : delivery.shares()) {
          wire.send(Kinds.SEALED_SHARE, share);
        }
        wire.send(Kinds.MANIFEST, flipped(delivery.manifest().encode()));
      }
    },
    BIT_FLIPPED_UPLOAD {
      @Override
      public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
          throws IOException {
        byte[] blocks = delivery.blocks().clone();
        blocks[blocks.length / 2] ^= 1;
        wire.deliver(
            new FaultyClient.Delivery(
                delivery.round(),
                blocks,
                delivery.shares(),
                delivery.manifest(),
                delivery.signer()));
      }
    },
    OVERSIZED_UPLOAD {
      @Override
      public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
          throws IOException {
        wire.upload(Arrays.copyOf(delivery.blocks(), delivery.blocks().length + 1));
      }
    },
    OVERSIZED_MESSAGE {
      @Override
      public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
          throws IOException {
        wire.send("progress", new byte[70_000]);
      }
    },
    BAD_SHARE {
      @Override
      public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
          throws IOException {
        wire.deliver(delivery.withSpoiltShares(List.of(delivery.shares().getFirst().helper())));
      }
    },
    NONE {
      @Override
      public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
          throws IOException {
        wire.deliver(delivery);
      }
    };

    int round() {
      return List.of(values()).indexOf(this) + 1;
    }

    private static byte[] flipped(byte[] bytes) {
      byte[] flipped = bytes.clone();
      flipped[flipped.length / 2] ^= 1;
      return flipped;
    }
  }

  @BeforeAll
  static void runAllRounds() throws Exception {
    PROCESSES.encryption("secure-aggregation");
    Cifer server = PROCESSES.server(Map.of("rounds", Faults.values().length));
    List<Cifer> clients = PROCESSES.clients(3);
    FaultyClient.Faults oneEachRound =
        new FaultyClient.Faults() {
          @Override
          public void deliver(FaultyClient.Wire wire, FaultyClient.Delivery delivery)
              throws IOException {
            List.of(Faults.values()).get(delivery.round() - 1).deliver(wire, delivery);
          }
        };
    try (FaultyClient rogue =
        new FaultyClient(PROCESSES.of(ROGUE), PROCESSES.port(), oneEachRound)) {
      assertThat(rogue.start().get(2, TimeUnit.MINUTES)).isEmpty();
    }
    assertThat(server.exitCode()).as(server::report).isZero();
    for (Cifer client : clients) {
      assertThat(client.exitCode()).as(client::report).isZero();
    }
  }

  private static void assertLeftOut(Faults fault) throws IOException {
    assertThat(actual(fault)).containsExactly("client-1", "client-2", "client-3");
  }

  private static void assertCounts(Faults fault) throws IOException {
    assertThat(actual(fault)).containsExactly("client-1", "client-2", "client-3", ROGUE);
  }

  private static List<String> actual(Faults fault) throws IOException {
    JsonNode completed =
        PROCESSES.events("round_completed").stream()
            .filter(event -> event.get("round").asInt() == fault.round())
            .findFirst()
            .orElseThrow(() -> new AssertionError("no result: " + fault));
    assertThat(completed.get("planned_clients").asInt()).isEqualTo(4);
    return completed.get("actual").valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void duplicatedMessages_countOnce() throws Exception {
    assertCounts(Faults.DUPLICATED);
  }

  @Test
  void reorderedMessages_countOnceTheyAreAllThere() throws Exception {
    assertCounts(Faults.REORDERED);
  }

  @Test
  void aTruncatedMessage_leavesItsSenderOut() throws Exception {
    assertLeftOut(Faults.TRUNCATED_MESSAGE);
  }

  @Test
  void aTruncatedUpload_leavesItsSenderOut() throws Exception {
    assertLeftOut(Faults.TRUNCATED_UPLOAD);
  }

  @Test
  void aFlippedBitInAMessage_leavesItsSenderOut() throws Exception {
    assertLeftOut(Faults.BIT_FLIPPED_MESSAGE);
  }

  @Test
  void aFlippedBitInAnUpload_leavesItsSenderOut() throws Exception {
    assertLeftOut(Faults.BIT_FLIPPED_UPLOAD);
  }

  @Test
  void anOversizedUpload_leavesItsSenderOut() throws Exception {
    assertLeftOut(Faults.OVERSIZED_UPLOAD);
  }

  @Test
  void anOversizedMessage_leavesItsSenderOut() throws Exception {
    assertLeftOut(Faults.OVERSIZED_MESSAGE);
  }

  @Test
  void oneBadShareBlob_leavesItsClientOut_andTheRestCompletes() throws Exception {
    assertLeftOut(Faults.BAD_SHARE);
    assertThat(PROCESSES.events("shares_checked"))
        .anySatisfy(event -> {
          assertThat(event.get("round").asInt()).isEqualTo(Faults.BAD_SHARE.round());
          assertThat(event.get("helper").asString()).isEqualTo("client-1");
          assertThat(event.get("complaints").valueStream().map(JsonNode::asString))
              .containsExactly(ROGUE);
        });
  }

  @Test
  void withoutAFault_itCountsAgain() throws Exception {
    assertCounts(Faults.NONE);
  }
}
