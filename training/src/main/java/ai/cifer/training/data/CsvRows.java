package ai.cifer.training.data;

import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A table of a CSV file: columns of numbers, and columns of texts as numbers of categories.
///
/// A column is one of numbers until a text is met in it; then the file is read once more.
final class CsvRows {

  /// More different texts than this are no categories.
  static final int MAX_CATEGORIES = 1 << 12;

  /// Longer texts are no categories either.
  private static final int MAX_CATEGORY_LENGTH = 256;

  private final Path file;
  private final CsvDialect dialect;
  private final boolean[] isText;

  private CsvRows(Path file, CsvDialect dialect) {
    this.file = file;
    this.dialect = dialect;
    this.isText = new boolean[dialect.names().size()];
  }

  /// Reads all of `file`.
  ///
  /// @throws TrainingException if it is missing, or its rows differ in the number of fields
  static Rows open(Path file) throws TrainingException {
    try {
      CsvDialect dialect = dialect(file);
      if (dialect.names().isEmpty() || dialect.names().size() > CsvDialect.MAX_COLUMNS) {
        throw new IOException(
            "%d columns (expected: 1 to %d)"
                .formatted(dialect.names().size(), CsvDialect.MAX_COLUMNS));
      }
      CsvRows reading = new CsvRows(file, dialect);
      boolean[] before;
      Rows rows;
      do {
        before = reading.isText.clone();
        rows = reading.read();
        if (!Arrays.equals(before, reading.isText)) {
          rows.close();
        }
      } while (!Arrays.equals(before, reading.isText));
      return rows;
    } catch (IOException malformed) {
      throw DataFormats.unreadable(file, "CSV", malformed);
    }
  }

  static CsvDialect dialect(Path file) throws IOException {
    try (InputStream in = DataInput.open(file)) {
      byte[] sample = in.readNBytes(CsvDialect.SAMPLE_BYTES);
      return CsvDialect.of(sample, sample.length < CsvDialect.SAMPLE_BYTES);
    }
  }

  private Rows read() throws IOException {
    int width = isText.length;
    float[] row = new float[width];
    long[] missing = new long[width];
    List<Categories> categories = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      categories.add(new Categories());
    }
    long size = 0;
    try (CsvReader csv = new CsvReader(DataInput.open(file), dialect);
        Spool spool = Spool.create()) {
      if (dialect.header()) {
        csv.nextRow();
        skipRow(csv);
      }
      while (csv.nextRow()) {
        long line = csv.line();
        for (int column = 0; column < width; column++) {
          if (column > 0 && csv.rowEnded()) {
            throw ragged(line, column, width);
          }
          float value =
              isText[column]
                  ? categories.get(column).of(csv.text(), csv.isMissing())
                  : csv.number();
          if (Float.isNaN(value)) {
            if (csv.isMissing()) {
              missing[column]++;
            } else {
              isText[column] = true;
            }
          }
          row[column] = value;
        }
        if (!csv.rowEnded()) {
          throw ragged(line, width + 1, width);
        }
        spool.write(row, width);
        size++;
      }
      if (size == 0) {
        throw new IOException("no rows (expected: at least one)");
      }
      Arena arena = Arena.ofShared();
      return new SpooledRows(
          arena, spool.map(arena), columns(categories, missing), size, width - 1);
    }
  }

  static void skipRow(CsvReader csv) throws IOException {
    do {
      csv.field();
    } while (!csv.rowEnded());
  }

  static IOException ragged(long line, int fields, int width) {
    return new IOException(
        "line %d: %s fields (expected: %d)"
            .formatted(
                line, fields > width ? "more than " + width : String.valueOf(fields), width));
  }

  private List<Column> columns(List<Categories> categories, long[] missing) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < isText.length; i++) {
      String name = dialect.names().get(i);
      Categories found = categories.get(i);
      columns.add(
          isText[i]
              ? new Column(name, "text", List.of(), found.kind(), found.list(), missing[i])
              : new Column(name, "number", List.of(), Column.Kind.NUMBER, List.of(), missing[i]));
    }
    return columns;
  }

  /// The different texts of a column, numbered as they come.
  private static final class Categories {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> texts = new ArrayList<>();
    private boolean tooMany;

    /// @return the number of `text`, `NaN` if it is missing
    float of(String text, boolean missing) {
      if (missing) {
        return Float.NaN;
      }
      Integer known = numbers.get(text);
      if (known != null) {
        return known;
      }
      if (texts.size() == MAX_CATEGORIES || text.length() > MAX_CATEGORY_LENGTH) {
        tooMany = true;
      }
      if (tooMany) {
        return -1;
      }
      numbers.put(text, texts.size());
      texts.add(text);
      return texts.size() - 1f;
    }

    Column.Kind kind() {
      return tooMany ? Column.Kind.TEXT : Column.Kind.CATEGORY;
    }

    List<String> list() {
      return tooMany ? List.of() : texts;
    }
  }
}
