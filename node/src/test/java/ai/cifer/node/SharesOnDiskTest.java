package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.SealedShare;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the coordinator keeps of sealed shares and manifests while it waits for the last client:
/// nothing in memory, however many clients, helpers and segments there are.
class SharesOnDiskTest {
  private static final int CLIENTS = 6;
  private static final int SEGMENTS = 8;

  @TempDir Path folder;

  /// So many segments may wait for one write of the coordinator's journal.
  private static final int RECEIPTS = 8;

  @Test
  @Timeout(120)
  void nothingThatWaitsIsInMemory() throws Exception {
    List<Long> shares = new ArrayList<>();
    List<Long> manifests = new ArrayList<>();
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
      // none has been passed on.
      server.listener(event -> {
        if (event instanceof RunEvent.Advanced(int _, RoundEvent.SegmentStored _)
            && ++stored[0] == CLIENTS * SEGMENTS) {
          String histogram = histogram();
          shares.add(instances(histogram, SealedShare.class));
          manifests.add(instances(histogram, Manifest.class));
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
    // What the clients in this process have just sent, and that of which they have no receipt yet.
    long unreceipted = CLIENTS + RECEIPTS;
    assertThat(shares).as("of %d", CLIENTS * CLIENTS * SEGMENTS).hasSize(1);
    assertThat(shares.getFirst()).isLessThanOrEqualTo(unreceipted * CLIENTS);
    assertThat(manifests.getFirst()).isLessThanOrEqualTo(CLIENTS);
  }

  /// The instances of each class that are reachable, as the JVM counts them.
  private static String histogram() {
    try {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
    } catch (JMException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static long instances(String histogram, Class<?> type) {
    return histogram
        .lines()
        .map(line -> line.trim().split("\\s+"))
        .filter(columns -> columns.length > 3 && columns[3].equals(type.getName()))
        .mapToLong(columns -> Long.parseLong(columns[1]))
        .sum();
  }
}
