package ai.cifer.cli.bench;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.StatusLine;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.bench.AggregationBench;
import ai.cifer.homocryption.bench.AggregationFigures;
import ai.cifer.homocryption.bench.CkksBench;
import ai.cifer.homocryption.bench.CkksFigures;
import ai.cifer.homocryption.bench.MachineFigures;
import ai.cifer.homocryption.bench.NttBench;
import ai.cifer.homocryption.bench.PaillierBench;
import ai.cifer.homocryption.bench.PaillierFigures;
import ai.cifer.homocryption.ckks.Preset;
import ai.cifer.homocryption.paillier.PaillierBackend;
import ai.cifer.secagg.bench.StageBench;
import ai.cifer.secagg.bench.StageFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs what `cifer bench` measures, and prints it.
public final class Benchmarks {
  private static final List<String> ALL = List.of("aggregate", "ckks", "paillier", "ntt");
  private static final int[] DEGREES = {8192, 16384, 32768};
  private static final Preset[] PRESETS = {Preset.C13, Preset.C14};
  private static final int PAILLIER_BITS = 3072;

  private static final Duration EACH_AGGREGATE = Duration.ofMillis(400);
  private static final Duration EACH_CKKS = Duration.ofMillis(300);
  private static final Duration EACH_PAILLIER = Duration.ofMillis(300);
  private static final Duration EACH_NTT = Duration.ofMillis(200);
  private static final Duration QUIET = Duration.ofSeconds(2);

  private static final int CLIENTS = 10;
  private static final int MOST_CLIENTS = 256;
  private static final long PARAMS = 1_000_000;
  private static final long MOST_PARAMS = 1_000_000_000_000L;

  /// What one measurement holds in memory; larger models are measured on a part of them.
  private static final int MOST_MEASURED = 4_000_000;

  private final Terminal terminal;
  private final boolean json;
  private final Optional<Duration> each;
  private volatile String doing = "";

  /// @param each how long every figure is measured, if not as long as a minute in all allows
  public Benchmarks(Terminal terminal, boolean json, Optional<Duration> each) {
    this.terminal = terminal;
    this.json = json;
    this.each = each;
  }

  /// Measures and prints.
  ///
  /// @param what one of the four, or all
  /// @param clients of a round of aggregation
  /// @param params of its model
  public void run(Optional<String> what, Optional<Integer> clients, Optional<Long> params)
      throws CommandFailed, InterruptedException, IOException {
    if (what.isPresent() && !ALL.contains(what.get())) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "bench: %s (expected: %s, or nothing for these; or round)"
              .formatted(what.get(), String.join(", ", ALL)));
    }
    boolean all = what.isEmpty();
    String only = what.orElse("");
    if ((clients.isPresent() || params.isPresent()) && !all && !only.equals("aggregate")) {
      throw new CommandFailed(
          ExitCode.USAGE, "--clients, --params: given (expected: with bench aggregate only)");
    }
    require("--clients", clients.orElse(CLIENTS), 2, MOST_CLIENTS);
    require("--params", params.orElse(PARAMS), 1, MOST_PARAMS);
    long begun = System.nanoTime();
    BenchDocument document;
    try (StatusLine _ = StatusLine.start(terminal, () -> status(begun))) {
      MachineFigures machine = MachineFigures.of();
      document =
          new BenchDocument(
              machine,
              all || only.equals("aggregate")
                  ? aggregate(clients.orElse(CLIENTS), params.orElse(PARAMS))
                  : null,
              all || only.equals("ckks") ? ckks() : null,
              all || only.equals("paillier") ? paillier() : null,
              all || only.equals("ntt") ? ntt() : null,
              seconds(begun));
    }
    if (json) {
      terminal.print(Json.text(document));
    } else {
      new BenchTables(terminal).print(document);
    }
  }

  private static void require(String name, long value, long least, long most) throws CommandFailed {
    if (value < least || value > most) {
      throw new CommandFailed(
          ExitCode.USAGE, "%s: %d (expected: %d to %d)".formatted(name, value, least, most));
    }
  }

  private static double seconds(long begun) {
    return Math.round((System.nanoTime() - begun) / 1e7) / 100.0;
  }

  private String status(long begun) {
    double waited = seconds(begun);
    return json || waited < QUIET.toSeconds()
        ? ""
        : "measuring %s, %s of less than a minute".formatted(doing, Figures.duration(waited));
  }

  private AggregateDocument aggregate(int clients, long params)
      throws InterruptedException, IOException {
    doing = "encrypted sums";
    AggregationParameters parameters = AggregationParameters.K2_N256;
    int measured = (int) Math.min(params, MOST_MEASURED);
    Duration duration = each.orElse(EACH_AGGREGATE);
    AggregationFigures kernels =
        AggregationBench.measure(parameters, measured, duration.dividedBy(4));
    Path spool = Files.createTempDirectory("cifer-bench-");
    StageFigures stages;
    try {
      stages = StageBench.measure(parameters, measured, duration.multipliedBy(20), spool);
    } finally {
      Files.delete(spool);
    }
    return AggregateDocument.of(
        kernels, stages, ClientTraffic.of(parameters, clients, params), clients, params);
  }

  private List<CkksFigures> ckks() throws InterruptedException {
    List<CkksFigures> figures = new ArrayList<>();
    doing = "nothing yet: the first runs compile";
    CkksBench.measure(PRESETS[0], each.orElse(EACH_CKKS).dividedBy(3));
    for (Preset preset : PRESETS) {
      doing = "CKKS " + preset;
      figures.add(CkksBench.measure(preset, each.orElse(EACH_CKKS)));
    }
    return figures;
  }

  private @Nullable PaillierFigures paillier() {
    doing = "Paillier";
    return PaillierBench.measure(PaillierBackend.best(), PAILLIER_BITS, each.orElse(EACH_PAILLIER));
  }

  private List<BenchDocument.NttDocument> ntt() throws InterruptedException {
    List<BenchDocument.NttDocument> figures = new ArrayList<>();
    for (int degree : DEGREES) {
      doing = "transforms";
      figures.add(BenchDocument.NttDocument.of(NttBench.measure(degree, each.orElse(EACH_NTT))));
    }
    return figures;
  }
}
