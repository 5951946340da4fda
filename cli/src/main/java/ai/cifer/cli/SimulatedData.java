package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.DataSummary;
import ai.cifer.training.data.Partition;
import ai.cifer.training.data.PartitionFiles;
import ai.cifer.training.data.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// A file of data for each simulated client.
final class SimulatedData {

  private static final int USUAL_CLIENTS = 100;

  private final SimulateCommand words;
  private final long seed;

  /// @param seed fixes who gets which examples
  SimulatedData(SimulateCommand words, long seed) {
    this.words = words;
    this.seed = seed;
  }

  /// @param folder gets the partitions of a dataset
  List<Path> files(Path folder) throws CommandFailed, TrainingException, IOException {
    if (words.data.isPresent() == words.clientData.isPresent()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          words.data.isPresent()
              ? "--data and --client-data are both set (expected: one of them)"
              : "--data is missing (expected: --data FILE, or --client-data FOLDER)");
    }
    return words.data.isPresent()
        ? dealt(words.data.get(), folder)
        : ofFolder(words.clientData.get());
  }

  private List<Path> dealt(Path file, Path folder) throws CommandFailed, TrainingException {
    Partition partition;
    try (Table table = Table.open(file, Split.TRAIN)) {
      partition =
          new Datasets.Dealing(
                  words.by,
                  words.clients.orElse(USUAL_CLIENTS),
                  words.alpha,
                  seed,
                  words.minimum,
                  words.label)
              .of(table);
    } catch (IllegalArgumentException bad) {
      throw new CommandFailed(ExitCode.USAGE, String.valueOf(bad.getMessage()), bad);
    }
    return PartitionFiles.write(file, partition, folder);
  }

  private List<Path> ofFolder(Path folder) throws CommandFailed, IOException {
    List<Path> files;
    try (Stream<Path> inside = Files.list(folder)) {
      files =
          inside
              .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
              .sorted(SimulatedData::byNumber)
              .toList();
    }
    int clients = words.clients.orElse(files.size());
    if (files.isEmpty() || clients < 1 || clients > files.size()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--clients: %d (expected: 1 to %d, the files in %s)"
              .formatted(clients, files.size(), folder));
    }
    return files.subList(0, clients);
  }

  /// `client-2` comes before `client-10`: digits are compared as numbers.
  private static int byNumber(Path left, Path right) {
    String[] a = String.valueOf(left.getFileName()).split("(?<=\\D)(?=\\d)|(?<=\\d)(?=\\D)");
    String[] b = String.valueOf(right.getFileName()).split("(?<=\\D)(?=\\d)|(?<=\\d)(?=\\D)");
    return Arrays.compare(a, b, SimulatedData::byNumber);
  }

  private static int byNumber(String left, String right) {
    boolean numbers = Character.isDigit(left.charAt(0)) && Character.isDigit(right.charAt(0));
    return numbers && left.length() != right.length()
        ? Integer.compare(left.length(), right.length())
        : left.compareTo(right);
  }

  static boolean hasTestSplit(Path file) throws TrainingException {
    return DataSummary.of(file).splits().containsKey(Split.TEST);
  }
}
