package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A coordinator that is stopped within a round and run again.
@Tag("slow")
class ResumedRunTest {
  private static final Map<String, String> KEYS =
      Map.of(
          "run_id", "r",
          "rounds", "2",
          "strategy", "fedadam",
          "clip", "0.05",
          "patience", "10");

  @TempDir Path folder;

  private static void clients(FederationFixture federation, int port) throws Exception {
    for (int i = 1; i <= 4; i++) {
      federation.client("client-" + i, port, String.valueOf(100 + i), Map.of("patience", "20"));
    }
  }

  private static Predicate<RunEvent> nth(int number, Class<? extends RoundEvent> type) {
    int[] left = {number};
    return event ->
        event instanceof RunEvent.Advanced(int _, RoundEvent inner)
            && type.isInstance(inner)
            && --left[0] == 0;
  }

  /// Runs it with a stop at each of these moments.
  private RunResult run(Path where, List<Predicate<RunEvent>> stops) throws Exception {
    try (FederationFixture federation = new FederationFixture(where)) {
      List<Predicate<RunEvent>> lives = new ArrayList<>(stops);
      lives.add(event -> false);
      int port = 0;
      RunResult result = null;
      for (Predicate<RunEvent> stop : lives) {
        Map<String, String> keys = new HashMap<>(KEYS);
        keys.put("port", String.valueOf(port));
        try (FedServer server = federation.server("coordinator", keys)) {
          server.listener(event -> {
            if (stop.test(event)) {
              server.stop();
            }
          });
          if (port == 0) {
            port = server.port();
            clients(federation, port);
          }
          result = server.run();
        }
        boolean last = stop == lives.getLast();
        assertThat(result.reason().map(NodeException::reason))
            .isEqualTo(last ? Optional.empty() : Optional.of(NodeException.Reason.INTERRUPTED));
      }
      federation.join();
      assertThat(federation.failures).isEmpty();
      return Objects.requireNonNull(result);
    }
  }

  private static Path model(RunResult run) {
    return run.folder().resolve("model.safetensors");
  }

  @Test
  @Timeout(120)
  void stoppedAgainAndAgain_itGivesTheSameModel() throws Exception {
    RunResult undisturbed = run(Files.createDirectory(folder.resolve("undisturbed")), List.of());
    RunResult stopped =
        run(
            Files.createDirectory(folder.resolve("stopped")),
            List.of(
                nth(3, RoundEvent.SegmentStored.class),
                nth(2, RoundEvent.SharesChecked.class),
                nth(2, RoundEvent.SumRevealed.class),
                nth(1, RoundEvent.SegmentOpened.class)));
    assertThat(stopped.rounds())
        .extracting(RoundSummary::round, RoundSummary::actual, RoundSummary::modelDigest)
        .isEqualTo(
            undisturbed.rounds().stream()
                .map(each -> tuple(each.round(), each.actual(), each.modelDigest()))
                .toList());
    assertThat(Files.mismatch(model(stopped), model(undisturbed)))
        .as("first byte that differs")
        .isEqualTo(-1);
  }

  /// Each file that a run goes on from, with one bit of another value.
  @Test
  @Timeout(120)
  void aDamagedFileIsNamed() throws Exception {
    try (FederationFixture federation = new FederationFixture(folder)) {
      Predicate<RunEvent> stop = nth(6, RoundEvent.SegmentStored.class);
      Path run;
      try (FedServer server = federation.server("coordinator", KEYS)) {
        server.listener(event -> {
          if (stop.test(event)) {
            server.stop();
          }
        });
        clients(federation, server.port());
        run = server.run().folder();
      }
      for (String name :
          List.of("checkpoint", "model-*", "memory-*", "journal", "*.blocks", "*.shares")) {
        Path file = file(run.resolve("work"), name);
        byte[] good = Files.readAllBytes(file);
        byte[] bad = good.clone();
        bad[good.length / 3] ^= 1;
        Files.write(file, bad);
        try (FedServer server = federation.server("coordinator", KEYS)) {
          assertThat(reason(server)).as(name).isEqualTo(NodeException.Reason.DAMAGED);
        }
        Files.write(file, good);
      }
    }
  }

  private static NodeException.Reason reason(FedServer server) throws InterruptedException {
    try {
      return server.run().reason().orElseThrow().reason();
    } catch (NodeException failure) {
      return failure.reason();
    }
  }

  private static Path file(Path folder, String name) throws IOException {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> Files.isRegularFile(file) && matcher.matches(file.getFileName()))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  @Timeout(60)
  void anotherConfigurationIsAnotherRun() throws Exception {
    try (FederationFixture federation = new FederationFixture(folder)) {
      try (FedServer server = federation.server("coordinator", KEYS)) {
        server.listener(event -> {
          if (event instanceof RunEvent.Waiting) {
            server.stop();
          }
        });
        server.run();
      }
      Map<String, String> other = new HashMap<>(KEYS);
      other.put("clip", "0.06");
      try (FedServer server = federation.server("coordinator", other)) {
        assertThatThrownBy(server::run)
            .isInstanceOf(NodeException.class)
            .hasMessageContaining("clip: not what run r began with");
      }
    }
  }
}
