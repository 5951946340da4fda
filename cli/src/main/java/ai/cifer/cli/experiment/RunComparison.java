package ai.cifer.cli.experiment;

import ai.cifer.cli.history.RunDocument;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Table;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Runs beside each other: what they came to, and in which settings they differ.
///
/// @param differences by setting, the value of each run in the order of `runs`; absent where a run
///   has no such setting
public record RunComparison(List<Row> runs, SortedMap<String, List<@Nullable String>> differences) {

  /// What one run came to.
  ///
  /// @param bestAccuracy the highest after any round, absent without data
  /// @param bestRound after which round that was
  /// @param uploadBytesPerClient of all rounds together, by the client that sent most in each
  /// @param seconds wall time of all completed rounds
  public record Row(
      String run,
      String strategy,
      String encryption,
      int roundsCompleted,
      @Nullable Double accuracy,
      @Nullable Double loss,
      @Nullable Double bestAccuracy,
      @Nullable Integer bestRound,
      long uploadBytesPerClient,
      double seconds,
      @Nullable String reason) {

    static Row of(RunDocument run) {
      RunDocument.Quality last = run.last();
      RunDocument.Round best =
          run.rounds().stream()
              .filter(round -> round.quality() != null)
              .max(
                  Comparator.comparingDouble(
                      round -> Objects.requireNonNull(round.quality()).accuracy()))
              .orElse(null);
      return new Row(
          run.run(),
          run.strategy(),
          run.encryption(),
          run.roundsCompleted(),
          last == null ? null : last.accuracy(),
          last == null ? null : last.loss(),
          best == null ? null : Objects.requireNonNull(best.quality()).accuracy(),
          best == null ? null : best.round(),
          run.rounds().stream().mapToLong(RunDocument.Round::uploadBytesPerClient).sum(),
          run.seconds(),
          run.reason());
    }
  }

  /// @param records at least one
  public static RunComparison of(List<RunRecord> records) {
    SortedSet<String> names = new TreeSet<>();
    records.forEach(record -> names.addAll(record.settings().keySet()));
    SortedMap<String, List<@Nullable String>> differences = new TreeMap<>();
    for (String name : names) {
      List<@Nullable String> values =
          records.stream().<@Nullable String>map(record -> record.settings().get(name)).toList();
      if (values.stream().distinct().count() > 1) {
        differences.put(name, values);
      }
    }
    return new RunComparison(
        records.stream().map(record -> Row.of(record.run())).toList(), differences);
  }

  /// What the runs came to, one line each.
  public Table results() {
    Table table =
        new Table(
            "run",
            "strategy",
            "encryption",
            ">rounds",
            ">accuracy",
            ">best",
            ">in round",
            ">loss",
            ">up/client",
            ">seconds",
            "ended early");
    for (Row row : runs) {
      table.row(
          row.run,
          row.strategy,
          row.encryption,
          String.valueOf(row.roundsCompleted),
          percent(row.accuracy),
          percent(row.bestAccuracy),
          row.bestRound == null ? "-" : String.valueOf(row.bestRound),
          row.loss == null ? "-" : Figures.loss(row.loss),
          Figures.bytes(row.uploadBytesPerClient),
          Figures.seconds(row.seconds),
          row.reason == null ? "" : row.reason);
    }
    return table;
  }

  /// The settings in which the runs differ, one line each with a column for each run.
  public Table settings() {
    String[] header = new String[runs.size() + 1];
    header[0] = "setting";
    for (int i = 0; i < runs.size(); i++) {
      header[i + 1] = runs.get(i).run;
    }
    Table table = new Table(header);
    differences.forEach((name, values) -> {
      String[] cells = new String[header.length];
      cells[0] = name;
      for (int i = 0; i < values.size(); i++) {
        String value = values.get(i);
        cells[i + 1] = value == null ? "-" : value;
      }
      table.row(cells);
    });
    return table;
  }

  private static String percent(@Nullable Double share) {
    return share == null ? "-" : Figures.percent(share);
  }
}
