package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Table;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Column;
import ai.cifer.training.data.DataSummary;
import ai.cifer.training.data.Partition;
import ai.cifer.training.data.PartitionFiles;
import ai.cifer.training.data.TokenizedText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// What `cifer data` does.
final class Datasets {

  private static final int MOST_COLUMNS = 40;
  private static final int FIRST_VALUES = 5;

  private final Terminal terminal;
  private final boolean json;

  Datasets(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  /// A partition, as `--format json` prints it.
  record PartDocument(String file, long examples, List<Long> classCounts) {}

  void inspect(List<Path> files) throws TrainingException {
    List<DataSummary> summaries = new ArrayList<>();
    for (Path file : files) {
      summaries.add(DataSummary.of(file));
    }
    if (json) {
      terminal.print(Json.text(summaries));
    } else {
      summaries.forEach(this::print);
    }
  }

  /// What `cifer data tokenize` prints with `--format json`.
  private record TokensDocument(
      String file, long examples, int length, long cut, int paddingToken) {}

  void tokenize(TokenizedText texts, Path file, Path out) throws CommandFailed, TrainingException {
    Models.requireNew(out);
    TokenizedText.Written written = texts.write(file, out);
    if (json) {
      terminal.print(
          Json.text(
              new TokensDocument(
                  out.toString(),
                  written.examples(),
                  texts.length(),
                  written.cut(),
                  written.padding())));
    } else {
      terminal.print(
          "%s: %s texts of %d tokens; %s cut; %d behind shorter ones"
              .formatted(
                  out,
                  Figures.count(written.examples()),
                  texts.length(),
                  Figures.count(written.cut()),
                  written.padding()));
    }
  }

  private void print(DataSummary summary) {
    terminal.print("%s: %s".formatted(summary.file(), summary.format()));
    if (!summary.arrays().isEmpty()) {
      Table arrays = new Table("  array", "type", "shape", ">in memory", ">in the file");
      for (DataSummary.ArrayInfo array : summary.arrays()) {
        arrays.row(
            "  " + array.name(),
            array.type(),
            array.shape().toString(),
            Figures.bytes(array.dataBytes()),
            Figures.bytes(array.compressedBytes()));
      }
      arrays.lines().forEach(terminal::print);
    }
    summary.splits().forEach(this::print);
  }

  private void print(Split split, DataSummary.SplitInfo info) {
    terminal.print(
        "  %s: %s examples%s"
            .formatted(
                split.name().toLowerCase(Locale.ROOT),
                Figures.count(info.rows()),
                info.classCounts().isEmpty()
                    ? ""
                    : "; of classes 0 to %d: %s"
                        .formatted(info.classCounts().size() - 1, spaced(info.classCounts()))));
    List<Column> shown = info.columns().stream().limit(MOST_COLUMNS).toList();
    Table columns = new Table("  column", "type", "shape", ">missing", "first values");
    for (int i = 0; i < shown.size(); i++) {
      Column column = shown.get(i);
      int number = i;
      columns.row(
          "  " + column.name() + (column.name().equals(info.label()) ? " (label)" : ""),
          column.kind() == Column.Kind.CATEGORY
              ? column.categories().size() + " texts"
              : column.type(),
          column.shape().isEmpty() ? "" : column.shape().toString(),
          Figures.count(column.missing()),
          info.firstRows().stream()
              .map(row -> row.get(number))
              .limit(column.shape().isEmpty() ? FIRST_VALUES : 1)
              .collect(Collectors.joining(", ")));
    }
    columns.lines().forEach(terminal::print);
    if (info.columns().size() > MOST_COLUMNS) {
      terminal.print("  and %d more".formatted(info.columns().size() - MOST_COLUMNS));
    }
  }

  /// How examples are dealt out.
  ///
  /// @param by `iid`, `dirichlet`, `label` or `quantity`
  /// @param label the column of the classes, where it is not the one by itself
  record Dealing(
      String by, int clients, double alpha, long seed, int minimum, Optional<String> label) {

    Partition of(ai.cifer.training.data.Table data) throws TrainingException {
      int size = Math.toIntExact(data.size());
      return switch (by) {
        case "iid" -> Partition.iid(size, clients, seed);
        case "quantity" -> Partition.quantity(size, clients, alpha, minimum, seed);
        case "label" -> Partition.label(data.classes(label), clients, seed);
        case "dirichlet" -> Partition.dirichlet(data.classes(label), clients, alpha, minimum, seed);
        default ->
            throw new IllegalArgumentException(
                "by: %s (expected: iid, dirichlet, label or quantity)".formatted(by));
      };
    }
  }

  void split(Path file, Dealing dealing, Path out) throws TrainingException, CommandFailed {
    Partition partition;
    try (ai.cifer.training.data.Table data = ai.cifer.training.data.Table.open(file, Split.TRAIN)) {
      partition = dealing.of(data);
    } catch (IllegalArgumentException bad) {
      throw new CommandFailed(ExitCode.USAGE, String.valueOf(bad.getMessage()), bad);
    }
    List<PartDocument> parts = describe(PartitionFiles.write(file, partition, out));
    if (json) {
      terminal.print(Json.text(parts));
    } else {
      table(parts).lines().forEach(terminal::print);
    }
  }

  /// Size and mixture of classes of each partition.
  static List<PartDocument> describe(List<Path> files) throws TrainingException {
    List<PartDocument> parts = new ArrayList<>();
    for (Path file : files) {
      DataSummary.SplitInfo train =
          Objects.requireNonNull(DataSummary.of(file).splits().get(Split.TRAIN));
      parts.add(new PartDocument(file.toString(), train.rows(), train.classCounts()));
    }
    return parts;
  }

  private static Table table(List<PartDocument> parts) {
    Table table = new Table("partition", ">examples", "of classes 0, 1, 2, ...");
    for (PartDocument part : parts) {
      table.row(part.file(), Figures.count(part.examples()), spaced(part.classCounts()));
    }
    return table;
  }

  static String spaced(List<Long> counts) {
    StringBuilder text = new StringBuilder();
    for (long count : counts) {
      text.append(String.format(Locale.ROOT, " %4d", count));
    }
    return text.toString();
  }
}
