package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// 32 clients that help one another, of whom 22 are needed. Eleven are processes of their own and
/// are killed; what the coordinator's listener does happens before its next step, so the moments
/// are exact.
@Tag("slow")
@Timeout(300)
class ThirtyTwoClientsTest {
  private static final int CLIENTS = 32;
  private static final int QUORUM = 22;
  private static final int MORTAL = 11;

  @TempDir Path folder;

  private final Map<String, ClientProcess> processes = new TreeMap<>();
  private final Set<Object> happened = ConcurrentHashMap.newKeySet();
  private final List<RunEvent> events = new ArrayList<>();
  private FederationFixture federation;

  @BeforeEach
  void begin() throws Exception {
    federation = new FederationFixture(folder);
  }

  @AfterEach
  void end() {
    processes.values().forEach(ClientProcess::close);
    federation.close();
  }

  private static String name(int client) {
    return "client-%02d".formatted(client);
  }

  private RunResult run(int rounds, String patience, Consumer<RunEvent> onEvent) throws Exception {
    try (FedServer server =
        federation.server(
            "coordinator",
            Map.of(
                "rounds",
                String.valueOf(rounds),
                "n_round_clients",
                String.valueOf(CLIENTS),
                "patience",
                patience,
                "segment_parameters",
                "20000"))) {
      server.listener(event -> {
        events.add(event);
        onEvent.accept(event);
      });
      for (int i = 0; i < CLIENTS; i++) {
        if (i < MORTAL) {
          Path config = federation.configure(name(i), server.port(), "100");
          processes.put(name(i), ClientProcess.start(config));
        } else {
          federation.client(name(i), server.port(), "100", Map.of("patience", "60"));
        }
      }
      return server.run();
    }
  }

  private void kill(int count) {
    processes.values().stream().limit(count).forEach(ClientProcess::kill);
  }

  /// Who signed the cohort, as far as the coordinator knows.
  private List<String> signed() {
    List<String> signed = new ArrayList<>();
    for (RunEvent event : events) {
      if (event instanceof RunEvent.Advanced(int _, RoundEvent.CohortSigned of)) {
        signed.add(of.helper());
      }
    }
    return signed;
  }

  private List<RunEvent> waiting() {
    return events.stream()
        .filter(event ->
            event instanceof RunEvent.Waiting(int _, String reason)
                && reason.contains("needed to open segment 0: 22"))
        .toList();
  }

  private long revealedIn(int round) {
    return events.stream()
        .filter(event ->
            event instanceof RunEvent.Advanced(int in, RoundEvent.SumRevealed _) && in == round)
        .count();
  }

  /// Carries out `action` when the cohort has so many signatures that reveals would be asked for.
  private void whenCertified(RunEvent event, Runnable action) {
    if (event instanceof RunEvent.Advanced(int _, RoundEvent.CohortSigned _)
        && signed().size() == QUORUM
        && happened.add("certified")) {
      action.run();
    }
  }

  @Test
  void tenAreGoneAfterTheirUpload_andTheirUpdatesAreInTheSum() throws Exception {
    int[] stored = {0};
    RunResult result =
        run(
            1,
            "60",
            event -> {
              if (event instanceof RunEvent.Advanced(int _, RoundEvent.SegmentStored _)
                  && ++stored[0] == CLIENTS) {
                kill(CLIENTS - QUORUM);
              }
            });
    assertThat(result.reason()).isEmpty();
    RoundSummary round = result.rounds().getFirst();
    assertThat(round.planned()).hasSize(CLIENTS);
    assertThat(round.actual()).hasSize(CLIENTS);
    assertThat(waiting()).isEmpty();
  }

  @Test
  void elevenAreGone_itIsWaitedVisibly_andOneThatComesBackIsEnough() throws Exception {
    RunResult result =
        run(
            1,
            "60",
            event -> {
              whenCertified(event, () -> kill(MORTAL));
              if (!waiting().isEmpty() && happened.add("waiting")) {
                // Of 22 that signed at most 21 live. Its sum is on its disk.
                String back =
                    signed().stream().filter(processes::containsKey).findFirst().orElseThrow();
                processes.put(back, restarted(back));
                happened.add(back);
              }
            });
    assertThat(result.reason()).isEmpty();
    assertThat(result.rounds().getFirst().actual()).hasSize(CLIENTS);
    assertThat(waiting()).hasSize(1);
    assertThat(revealedIn(1)).isEqualTo(QUORUM);
    assertThat(events)
        .anySatisfy(event ->
            assertThat(event)
                .isInstanceOfSatisfying(
                    RunEvent.Advanced.class,
                    advanced ->
                        assertThat(advanced.event())
                            .isInstanceOfSatisfying(
                                RoundEvent.SumRevealed.class,
                                revealed -> assertThat(happened).contains(revealed.helper()))));
  }

  private ClientProcess restarted(String name) {
    try {
      return ClientProcess.start(folder.resolve(name).resolve("config.json"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void elevenAreGoneForGood_theRoundIsVoid_nothingWasOpened_andTheLivingGoOn() throws Exception {
    RunResult result = run(1, "40", event -> whenCertified(event, () -> kill(MORTAL)));
    assertThat(result.reason()).isEmpty();
    assertThat(waiting()).hasSize(1);
    // Whoever was asked before the links broke may have revealed: fewer than t open nothing.
    assertThat(revealedIn(1)).isLessThan(QUORUM);
    assertThat(events)
        .noneMatch(event ->
            event instanceof RunEvent.Advanced(int in, RoundEvent.SegmentOpened _) && in == 1);
    assertThat(events)
        .anyMatch(
            event -> event instanceof RunEvent.RoundVoided(int round, String _) && round == 1);
    RoundSummary second = result.rounds().getFirst();
    assertThat(second.round()).isEqualTo(2);
    assertThat(second.planned()).hasSize(CLIENTS - MORTAL);
    assertThat(second.actual()).hasSize(CLIENTS - MORTAL);
    // Of 21 helpers 15 are needed.
    assertThat(revealedIn(2)).isBetween(15L, 21L);
  }
}
