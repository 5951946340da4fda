package ai.cifer.cli.experiment;

import ai.cifer.training.data.ReplacedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// A run as a table with a line for each round; what was not measured is left empty.
final class CsvExport {

  private CsvExport() {}

  static void write(RunRecord record, Path out) throws IOException {
    List<Series> all = Series.of(record.run());
    StringBuilder text = new StringBuilder("round,");
    text.append(all.stream().map(Series::name).collect(Collectors.joining(","))).append('\n');
    for (int i = 0; i < record.run().rounds().size(); i++) {
      int at = i;
      text.append(record.run().rounds().get(i).round())
          .append(',')
          .append(
              all.stream()
                  .map(series -> cell(series.values().get(at)))
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    ReplacedFile.write(out, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String cell(OptionalDouble value) {
    if (value.isEmpty()) {
      return "";
    }
    double number = value.getAsDouble();
    return number == Math.rint(number) && Math.abs(number) < 1L << 53
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}
