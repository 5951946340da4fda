package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the coordinator keeps of sealed shares while it waits for the last client: nothing in
/// memory, however many clients, helpers and segments there are.
class SharesOnDiskTest {
  private static final int CLIENTS = 8;
  private static final int SEGMENTS = 16;

  /// 17.7 kB a share (PROTOCOL 2.7): 4096 coefficients of four bytes, and the sealing.
  private static final long SHARE_BYTES = (long) CLIENTS * CLIENTS * SEGMENTS * 17_500;

  @TempDir Path folder;

  @Test
  @Timeout(120)
  void theHeapDoesNotGrowWithTheSharesThatWait() throws Exception {
    List<Long> used = new ArrayList<>();
    int[] stored = {0};
    try (FederationFixture federation = new FederationFixture(folder);
        FedServer server =
            federation.server(
                "coordinator",
                Map.of(
                    "rounds",
                    "1",
                    "n_round_clients",
                    String.valueOf(CLIENTS),
                    "patience",
                    "30",
                    "segment_parameters",
                    String.valueOf(Math.ceilDiv(15_050, SEGMENTS))))) {
      // The listener is told before an event takes effect: at the last one all shares are here and
      // none has been passed on. At the first ones classes are still being loaded.
      server.listener(event -> {
        if (event instanceof RunEvent.Advanced(int _, RoundEvent.SegmentStored _)
            && (++stored[0] == CLIENTS * SEGMENTS / 4 || stored[0] == CLIENTS * SEGMENTS)) {
          used.add(heapInUse());
        }
      });
      for (int i = 0; i < CLIENTS; i++) {
        federation.client("client-" + i, server.port(), "100", Map.of());
      }
      RunResult result = server.run();
      federation.join();
      assertThat(result.reason()).isEmpty();
      assertThat(federation.failures).isEmpty();
    }
    assertThat(stored[0]).isEqualTo(CLIENTS * SEGMENTS);
    assertThat(used.getLast() - used.getFirst())
        .as("bytes that the heap grew by, while %d bytes of shares came", SHARE_BYTES * 3 / 4)
        .isLessThan(SHARE_BYTES / 4);
  }

  private static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
