package ai.cifer.training.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a CSV file is written, found in its first rows.
///
/// @param delimiter `,`, `;`, tab or `|`: the one that gives the first rows the same number of
///   fields, and most of them
/// @param quote around fields that hold delimiters: `"`, or `'` where that is the only one
/// @param header whether the first row names the columns: no field of it is a number, and one of
///   the second row is, or all fields of the first are different texts
/// @param names of the columns, numbers counted from 0 where there is no header
/// @param start where the first row begins: behind a byte order mark
record CsvDialect(byte delimiter, byte quote, boolean header, List<String> names, int start) {

  /// How much of a file is looked at.
  static final int SAMPLE_BYTES = 1 << 16;

  static final int MAX_COLUMNS = 1 << 14;

  private static final int SAMPLE_ROWS = 50;
  private static final String DELIMITERS = ",;\t|";

  /// @param sample the first bytes of the file
  /// @param whole whether that is all of it; otherwise its last row may be cut off
  static CsvDialect of(byte[] sample, boolean whole) {
    int start = isMarked(sample) ? 3 : 0;
    String text = new String(sample, start, sample.length - start, StandardCharsets.UTF_8);
    char quote = text.indexOf('"') < 0 && isQuotedBy(text, '\'') ? '\'' : '"';
    char delimiter = ',';
    List<List<String>> rows = rows(text, delimiter, quote, whole);
    int most = consistent(rows);
    for (int i = 1; i < DELIMITERS.length(); i++) {
      char candidate = DELIMITERS.charAt(i);
      List<List<String>> other = rows(text, candidate, quote, whole);
      if (consistent(other) > most) {
        delimiter = candidate;
        rows = other;
        most = consistent(other);
      }
    }
    boolean header = isHeader(rows);
    List<String> names = new ArrayList<>();
    List<String> first = rows.isEmpty() ? List.of() : rows.getFirst();
    for (int i = 0; i < first.size(); i++) {
      names.add(header ? first.get(i).strip() : String.valueOf(i));
    }
    return new CsvDialect((byte) delimiter, (byte) quote, header, List.copyOf(names), start);
  }

  private static boolean isMarked(byte[] sample) {
    return sample.length >= 3
        && sample[0] == (byte) 0xEF
        && sample[1] == (byte) 0xBB
        && sample[2] == (byte) 0xBF;
  }

  /// Apostrophes inside of words are no quotes: they stand beside delimiters.
  private static boolean isQuotedBy(String text, char quote) {
    for (int i = 0; i < DELIMITERS.length(); i++) {
      if (text.contains("" + quote + DELIMITERS.charAt(i) + quote)) {
        return true;
      }
    }
    return false;
  }

  /// The number of fields that all rows have, 1 if they differ.
  private static int consistent(List<List<String>> rows) {
    return rows.stream().mapToInt(List::size).distinct().count() == 1 ? rows.getFirst().size() : 1;
  }

  private static boolean isHeader(List<List<String>> rows) {
    if (rows.isEmpty() || rows.getFirst().stream().anyMatch(field -> number(field) != null)) {
      return false;
    }
    boolean numbersBelow =
        rows.size() > 1 && rows.get(1).stream().anyMatch(field -> number(field) != null);
    List<String> first = rows.getFirst();
    return numbersBelow || first.stream().distinct().count() == first.size();
  }

  private static @Nullable Double number(String field) {
    try {
      return Double.valueOf(field.strip());
    } catch (NumberFormatException text) {
      return null;
    }
  }

  private static List<List<String>> rows(String text, char delimiter, char quote, boolean whole) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length() && rows.size() < SAMPLE_ROWS; i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c != quote) {
          field.append(c);
        } else if (i + 1 < text.length() && text.charAt(i + 1) == quote) {
          field.append(c);
          i++;
        } else {
          quoted = false;
        }
      } else if (c == quote && field.isEmpty()) {
        quoted = true;
      } else if (c == delimiter || c == '\n') {
        row.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          if (row.size() > 1 || !row.getFirst().isBlank()) {
            rows.add(row);
          }
          row = new ArrayList<>();
        } else if (row.size() > MAX_COLUMNS) {
          return List.of(row);
        }
      } else if (c != '\r') {
        field.append(c);
      }
    }
    if (whole && rows.size() < SAMPLE_ROWS && (!row.isEmpty() || !field.isEmpty())) {
      row.add(field.toString());
      rows.add(row);
    }
    return rows;
  }
}
