package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Four clients that help one another, of whom three are needed, and the moments at which one or
/// two of them end. What the coordinator's listener does happens before its next step, so the
/// moments are exact.
@Timeout(120)
class DropoutTest {

  @TempDir Path folder;

  private FederationFixture federation;
  private int port;

  @BeforeEach
  void prepare() throws Exception {
    federation = new FederationFixture(folder);
  }

  private final Set<Object> happened = ConcurrentHashMap.newKeySet();

  private RunResult run(int segments, Consumer<RunEvent> onEvent) throws Exception {
    try (FederationFixture closed = federation;
        FedServer server =
            closed.server(
                "coordinator",
                Map.of(
                    "rounds",
                    "1",
                    "patience",
                    "4",
                    "segment_parameters",
                    String.valueOf(16_000 / segments)))) {
      port = server.port();
      server.listener(onEvent::accept);
      for (int i = 0; i < 4; i++) {
        start("client-" + i);
      }
      return server.run();
    }
  }

  private void start(String name) {
    try {
      federation.client(name, port, "100", Map.of());
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  /// Ends a client; its state stays where it is.
  private void end(String name) {
    federation.end(name);
  }

  private void once(Object moment, Runnable action) {
    if (happened.add(moment)) {
      action.run();
    }
  }

  private static boolean is(RunEvent event, Predicate<RoundEvent> which) {
    return event instanceof RunEvent.Advanced(int _, RoundEvent inner) && which.test(inner);
  }

  private static boolean isStored(RunEvent event, String client, int segment) {
    return is(event, new RoundEvent.SegmentStored(client, segment, 0)::equals);
  }

  private long count(Class<? extends RoundEvent> type) {
    return federation.events.stream().filter(event -> is(event, type::isInstance)).count();
  }

  @Test
  void beforeItsUpload_theOthersGoOn() throws Exception {
    RunResult result =
        run(
            1,
            event -> {
              if (event instanceof RunEvent.RoundOpened) {
                once("opened", () -> end("client-3"));
              }
            });
    assertThat(result.reason()).isEmpty();
    RoundSummary round = result.rounds().getFirst();
    assertThat(round.planned()).hasSize(4);
    // Whether it trained and sent everything in the moment before is not said.
    assertThat(round.actual()).contains("client-0", "client-1", "client-2");
  }

  @Test
  void duringItsUpload_itCountsInTheSegmentThatItFinished() throws Exception {
    RunResult result =
        run(
            2,
            event -> {
              if (isStored(event, "client-3", 0)) {
                once("stored", () -> end("client-3"));
              }
            });
    assertThat(result.reason()).isEmpty();
    assertThat(count(RoundEvent.SegmentStored.class)).isGreaterThanOrEqualTo(7);
    assertThat(result.rounds().getFirst().actual()).contains("client-0", "client-1", "client-2");
  }

  @Test
  void afterItsUpload_itsUpdateIsInTheSum() throws Exception {
    RunResult result =
        run(
            1,
            event -> {
              if (isStored(event, "client-3", 0)) {
                once("stored", () -> end("client-3"));
              }
            });
    assertThat(result.reason()).isEmpty();
    assertThat(result.rounds().getFirst().actual())
        .as(() -> String.valueOf(federation.events))
        .hasSize(4);
  }

  /// The third signature completes the certificate; then two of four end. Two are too few to open,
  /// and their parts are on their disks.
  private boolean isCertified(RunEvent event) {
    return is(
            event,
            inner ->
                inner instanceof RoundEvent.CohortSigned(String _, int segment, int _)
                    && segment == 0)
        && federation.events.stream()
                .filter(each ->
                    is(
                        each,
                        inner ->
                            inner instanceof RoundEvent.CohortSigned(String _, int segment, int _)
                                && segment == 0))
                .count()
            == 3;
  }

  @Test
  void betweenCertificateAndReveal_theRoundWaits_andOpensWhenOneComesBack() throws Exception {
    RunResult result =
        run(
            1,
            event -> {
              if (isCertified(event)) {
                once(
                    "certified",
                    () -> {
                      end("client-2");
                      end("client-3");
                    });
              }
              if (event instanceof RunEvent.Waiting(int _, String what)
                  && what.contains("needed to open segment 0: 3")) {
                once("waiting", () -> start("client-2"));
              }
            });
    assertThat(result.reason()).isEmpty();
    assertThat(happened).contains("certified", "waiting");
    assertThat(result.rounds().getFirst().actual())
        .as(() -> String.valueOf(federation.events))
        .hasSize(4);
    assertThat(count(RoundEvent.HelperRestarted.class)).isLessThanOrEqualTo(1);
  }

  @Test
  void betweenCertificateAndReveal_forGood_nothingIsOpened_andTheNextRoundCompletes()
      throws Exception {
    RunResult result =
        run(
            1,
            event -> {
              if (isCertified(event)) {
                once(
                    "certified",
                    () -> {
                      end("client-2");
                      end("client-3");
                    });
              }
              if (event instanceof RunEvent.RoundVoided(int round, String _)) {
                once(
                    "voided " + round,
                    () -> {
                      if (round == 1) {
                        start("client-2");
                        start("client-3");
                      }
                    });
              }
            });
    assertThat(happened).contains("certified", "voided 1");
    assertThat(federation.events)
        .noneMatch(event ->
            event
                    instanceof
                    RunEvent.Advanced(int round, RoundEvent.SegmentOpened(int s, int a, long e))
                && round == 1
                && s == 0);
    assertThat(result.reason()).isEmpty();
    assertThat(result.rounds()).hasSize(1);
    assertThat(result.rounds().getFirst().round()).isEqualTo(2);
  }

  /// A client that comes back before anything of its update left trains again in the same round.
  @Test
  void beforeItsUpload_andBackAgain_itIsInTheSum() throws Exception {
    RunResult result =
        run(
            1,
            event -> {
              if (event instanceof RunEvent.RoundOpened) {
                once(
                    "opened",
                    () -> {
                      end("client-3");
                      start("client-3");
                    });
              }
            });
    assertThat(result.reason()).isEmpty();
    assertThat(result.rounds().getFirst().planned()).hasSize(4);
    assertThat(result.rounds().getFirst().actual()).contains("client-0", "client-1", "client-2");
  }
}
