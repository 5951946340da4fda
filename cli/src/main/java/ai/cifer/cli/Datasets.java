package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Table;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.DataSummary;
import ai.cifer.training.data.NpzDataset;
import ai.cifer.training.data.Partition;
import ai.cifer.training.data.PartitionFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What `cifer data` does.
final class Datasets {

  private final Terminal terminal;
  private final boolean json;

  Datasets(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  /// A partition, as `--format json` prints it.
  record PartDocument(String file, long examples, long[] classCounts) {}

  void inspect(List<Path> files) throws TrainingException {
    List<DataSummary> summaries = new ArrayList<>();
    for (Path file : files) {
      summaries.add(DataSummary.of(file));
    }
    if (json) {
      terminal.print(Json.text(summaries));
      return;
    }
    for (DataSummary summary : summaries) {
      terminal.print(summary.file().toString());
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
      summary
          .classCounts()
          .forEach((split, counts) ->
              terminal.print(
                  "  %s: %s examples; of classes 0 to %d: %s"
                      .formatted(
                          split.name().toLowerCase(Locale.ROOT),
                          Figures.count(Arrays.stream(counts).sum()),
                          counts.length - 1,
                          spaced(counts))));
    }
  }

  void split(Path file, int clients, double alpha, long seed, int minimum, Path out)
      throws TrainingException, CommandFailed {
    Partition partition;
    try (NpzDataset dataset = NpzDataset.open(file, Split.TRAIN)) {
      partition = Partition.dirichlet(dataset.labels(), clients, alpha, minimum, seed);
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
      try (NpzDataset dataset = NpzDataset.open(file, Split.TRAIN)) {
        parts.add(new PartDocument(file.toString(), dataset.size(), dataset.classCounts()));
      }
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

  static String spaced(long[] counts) {
    StringBuilder text = new StringBuilder();
    for (long count : counts) {
      text.append(String.format(Locale.ROOT, "%5d", count));
    }
    return text.toString();
  }
}
