package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// More clients than may help, over real links: they draw 32 helpers from among themselves.
@Tag("slow")
@Timeout(300)
class DrawnHelpersTest {
  private static final int CLIENTS = 40;

  /// A process of its own.
  private static final String MORTAL = name(0);

  @TempDir Path folder;

  private final Set<Object> happened = ConcurrentHashMap.newKeySet();

  private int committed;

  private static String name(int client) {
    return "client-%02d".formatted(client);
  }

  private final List<ClientProcess> processes = new ArrayList<>();

  private RunResult run(
      FederationFixture federation, String rounds, BiConsumer<FederationFixture, RunEvent> onEvent)
      throws Exception {
    try (FedServer server =
        federation.server(
            "coordinator",
            Map.of(
                "rounds",
                rounds,
                "n_round_clients",
                String.valueOf(CLIENTS),
                "min_clients",
                "20",
                "patience",
                "30",
                "segment_parameters",
                "20000"))) {
      server.listener(event -> onEvent.accept(federation, event));
      processes.add(ClientProcess.start(federation.configure(MORTAL, server.port(), "100")));
      for (int i = 1; i < CLIENTS; i++) {
        federation.client(name(i), server.port(), "100", Map.of("patience", "60"));
      }
      return server.run();
    } finally {
      processes.forEach(ClientProcess::close);
    }
  }

  private static List<RoundEvent> events(FederationFixture federation) {
    return federation.events.stream()
        .filter(RunEvent.Advanced.class::isInstance)
        .map(event -> ((RunEvent.Advanced) event).event())
        .toList();
  }

  private static List<SortedSet<String>> drawn(FederationFixture federation) {
    return events(federation).stream()
        .filter(RoundEvent.HelpersDrawn.class::isInstance)
        .map(event -> ((RoundEvent.HelpersDrawn) event).helpers())
        .toList();
  }

  /// Whoever leaves after the commitments are shown ends that draw; whoever is not drawn may leave
  /// after its manifest.
  @Test
  void othersHelpInEveryRound_andWhoeverLeavesCostsADraw_notTheRound() throws Exception {
    try (FederationFixture federation = new FederationFixture(folder)) {
      RunResult result =
          run(
              federation,
              "2",
              (all, event) -> {
                if (event instanceof RunEvent.Advanced(int round, RoundEvent inner)) {
                  // Before the commitments are shown.
                  if (inner instanceof RoundEvent.BeaconCommitted && round == 1) {
                    committed++;
                    if (committed == CLIENTS) {
                      processes.getFirst().kill();
                    }
                  }
                  if (inner instanceof RoundEvent.SegmentStored(String client, int _, int _)
                      && !drawn(all).getLast().contains(client)
                      && happened.add("stored")) {
                    happened.add(client);
                    all.end(client);
                  }
                }
              });
      assertThat(result.reason()).isEmpty();
      assertThat(result.rounds()).hasSize(2);
      RoundSummary first = result.rounds().getFirst();
      assertThat(first.planned()).hasSize(CLIENTS - 1);
      assertThat(first.actual()).hasSize(CLIENTS - 1);
      assertThat(happened).hasSize(2);
      assertThat(events(federation))
          .filteredOn(RoundEvent.BeaconOpened.class::isInstance)
          .filteredOn(event -> ((RoundEvent.BeaconOpened) event).draw() == 2)
          .hasSize(CLIENTS - 1);

      assertThat(drawn(federation))
          .hasSize(2)
          .allSatisfy(helpers -> assertThat(helpers).hasSize(32));
      assertThat(drawn(federation).getFirst()).isSubsetOf(new TreeSet<>(first.planned()));
      assertThat(result.rounds().getLast().actual()).hasSize(CLIENTS - 2);
      Set<String> revealed = new TreeSet<>();
      events(federation)
          .forEach(event -> {
            if (event instanceof RoundEvent.SumRevealed(String helper, int _, int _)) {
              revealed.add(helper);
            }
          });
      assertThat(revealed).hasSizeGreaterThanOrEqualTo(22);
    }
  }
}
