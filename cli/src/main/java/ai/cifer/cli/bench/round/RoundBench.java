package ai.cifer.cli.bench.round;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.terminal.Colour;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.StatusLine;
import ai.cifer.cli.terminal.Table;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.homocryption.bench.MachineFigures;
import ai.cifer.node.NodeException;
import ai.cifer.secagg.plan.EncryptionMode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Runs a real federation over loopback TLS, unencrypted and encrypted alternately, and compares
/// the rounds. Nothing is trained, so that encryption cannot hide behind training.
public final class RoundBench {
  private static final List<EncryptionMode> ALTERNATING =
      List.of(EncryptionMode.NONE, EncryptionMode.SECURE_AGGREGATION);

  private final Terminal terminal;
  private final boolean json;
  private volatile String doing = "";

  public RoundBench(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  /// Measures and prints.
  ///
  /// @throws CommandFailed if the plan is out of range or a run does not complete
  public void run(RoundPlan plan)
      throws CommandFailed, IOException, InterruptedException, NodeException, TrainingException {
    RoundPlan checked = plan.checked();
    Path folder = Files.createTempDirectory("cifer-bench-round-");
    RoundFigures figures;
    try (StatusLine _ = StatusLine.start(terminal, () -> json ? "" : doing)) {
      figures = measure(checked, folder);
    } finally {
      delete(folder);
    }
    if (json) {
      terminal.print(Json.text(figures));
    } else {
      print(figures);
    }
  }

  private RoundFigures measure(RoundPlan plan, Path folder)
      throws CommandFailed, IOException, InterruptedException, NodeException, TrainingException {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    BenchFederation federation = BenchFederation.create(folder, plan);
    List<RoundFigures.Run> runs = new ArrayList<>();
    for (int pair = 1; pair <= plan.pairs(); pair++) {
      for (EncryptionMode mode : ALTERNATING) {
        doing = "pair %d of %d: %s".formatted(pair, plan.pairs(), mode.key());
        runs.add(
            new RoundFigures.Run(
                mode.key(),
                mode.isProtected(),
                federation.run("%s-%d".formatted(mode.key(), pair), mode)));
      }
    }
    return RoundFigures.of(MachineFigures.of(), plan, load, runs);
  }

  private void print(RoundFigures figures) {
    terminal.print(terminal.paint(Colour.STRONG, "A round, encrypted and unencrypted"));
    terminal.print(
        "%s and a coordinator as processes over loopback TLS, %s parameters, nothing is trained"
            .formatted(
                Figures.counted(figures.clients(), "client"), Figures.count(figures.params())));
    Table table = new Table("run", ">first round", ">later rounds");
    for (RoundFigures.Run run : figures.runs()) {
      StringBuilder later = new StringBuilder();
      for (RoundFigures.Round round : run.rounds().subList(1, run.rounds().size())) {
        later.append(String.format(Locale.ROOT, " %5.2f", round.seconds()));
      }
      table.row(
          run.encryption(),
          String.format(Locale.ROOT, "%.2f s", run.rounds().getFirst().seconds()),
          later + " s");
    }
    table.lines().forEach(line -> terminal.print("  " + line));
    terminal.print(
        "  encrypted by unencrypted: wall time %s (by pairs %s to %s), processor time %s"
            .formatted(
                Figures.ratio(figures.ratio()),
                Figures.ratio(figures.leastRatio()),
                Figures.ratio(figures.mostRatio()),
                Figures.ratio(figures.processorRatio())));
    terminal.print(
        "  first round by later ones, at most: encrypted %s, unencrypted %s"
            .formatted(
                Figures.ratio(figures.firstRatio()),
                Figures.ratio(figures.firstRatioUnencrypted())));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
