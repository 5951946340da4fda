package ai.cifer.cli.history;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.train.Metrics;
import java.util.List;
import java.util.Optional;

/// The events of a small run, for tests that show or read them.
public final class Events {

  public static final List<String> CLIENTS = List.of("client-1", "client-2", "client-3");

  private Events() {}

  public static RunEvent.RunStarted started() {
    return new RunEvent.RunStarted(
        "20261122-120000",
        "key-holder",
        "fedavg",
        "cnn",
        2,
        3,
        56_714,
        226_856,
        Optional.of(new Metrics(10_000, 2.3051, 0.0987)));
  }

  public static RunEvent.RoundCompleted completed(int round, List<String> actual) {
    return new RunEvent.RoundCompleted(
        new RoundSummary(
            round,
            CLIENTS,
            actual,
            List.of(),
            Optional.of(new Metrics(10_000, 0.8123 / round, 0.7 + 0.05 * round)),
            Optional.empty(),
            Optional.empty(),
            236_614,
            226_856,
            new RoundSummary.Times(9.31, 7.91, 0.11, 0.02, 0.04, 0.61),
            "%064x".formatted(round)));
  }

  public static RunEvent.RunEnded ended() {
    return new RunEvent.RunEnded("20261122-120000", 2, Optional.empty());
  }
}
