package ai.cifer.training.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the fields of a CSV file one after the other, numbers without making texts of them.
///
/// Numbers with at most 18 digits and a decimal exponent of at most 22 are computed in one exact
/// product or quotient of float64 [1]; others by [Double#parseDouble(String)].
///
/// @see <a href="https://dl.acm.org/doi/10.1145/93542.93557">[1] Clinger, How to read floating
///   point numbers accurately</a>
final class CsvReader implements AutoCloseable {

  /// A row longer than this is some other file, or a quote that is not closed.
  static final int MAX_ROW_BYTES = 1 << 24;

  private static final int FIRST_BUFFER_BYTES = 1 << 20;
  private static final long EXACT = 1L << 53;
  private static final double[] POWERS = new double[23];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = 10 * POWERS[i - 1];
    }
  }

  private final InputStream in;
  private final byte delimiter;
  private final byte quote;
  private byte[] buffer = new byte[FIRST_BUFFER_BYTES];
  private int at;
  private int limit;
  private boolean ended;
  private boolean endsRow;
  private boolean missing;
  private int fieldFrom;
  private int fieldTo;
  private boolean fieldEscaped;
  private int rawFrom;
  private long line = 1;

  CsvReader(InputStream in, CsvDialect dialect) throws IOException {
    this.in = in;
    delimiter = dialect.delimiter();
    quote = dialect.quote();
    in.skipNBytes(dialect.start());
  }

  /// The line on which the current row begins, counted from 1.
  long line() {
    return line;
  }

  /// Makes a whole row available and goes to its first field.
  ///
  /// @return false at the end of the file
  boolean nextRow() throws IOException {
    while (true) {
      if (at == limit && !fill(at)) {
        return false;
      }
      if (buffer[at] == '\n' || buffer[at] == '\r') {
        line += buffer[at++] == '\n' ? 1 : 0;
      } else {
        endsRow = false;
        return true;
      }
    }
  }

  /// Whether the last field ended its row.
  boolean rowEnded() {
    return endsRow;
  }

  /// Whether the last field was empty or a word for nothing.
  boolean isMissing() {
    return missing;
  }

  /// Reads bytes behind `limit`; those from `from` on stay, at 0.
  private boolean fill(int from) throws IOException {
    if (ended) {
      return false;
    }
    int kept = limit - from;
    if (kept > MAX_ROW_BYTES) {
      throw new IOException(
          "line %d: longer than %d bytes (expected: shorter; is a quote not closed?)"
              .formatted(line, MAX_ROW_BYTES));
    }
    if (kept > buffer.length / 2) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    System.arraycopy(buffer, from, buffer, 0, kept);
    int count = in.readNBytes(buffer, kept, buffer.length - kept - 1);
    at = 0;
    limit = kept + count;
    if (limit < buffer.length - 1) {
      ended = true;
      if (limit > 0 && buffer[limit - 1] != '\n') {
        buffer[limit++] = '\n';
      }
    }
    return limit > kept;
  }

  /// Reads a number; `NaN` where there is none or a text, which [#isMissing()] tells apart.
  float number() throws IOException {
    int i = at;
    int end = limit;
    byte[] bytes = buffer;
    boolean negative = false;
    if (i < end && bytes[i] == '-') {
      negative = true;
      i++;
    }
    long digits = 0;
    int from = i;
    while (i < end && isDigit(bytes[i])) {
      digits = 10 * digits + bytes[i++] - '0';
    }
    int count = i - from;
    int fraction = 0;
    if (i < end && bytes[i] == '.') {
      from = ++i;
      while (i < end && isDigit(bytes[i])) {
        digits = 10 * digits + bytes[i++] - '0';
      }
      fraction = i - from;
      count += fraction;
    }
    if (i < end && (bytes[i] == delimiter || bytes[i] == '\n') && count > 0 && count <= 18) {
      if (digits < EXACT && fraction < POWERS.length) {
        endField(i);
        missing = false;
        double value = digits / POWERS[fraction];
        return (float) (negative ? -value : value);
      }
    }
    field();
    return slowNumber();
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private void endField(int end) {
    endsRow = buffer[end] == '\n';
    line += endsRow ? 1 : 0;
    at = end + 1;
  }

  private float slowNumber() {
    String text = lastText().strip();
    missing = isNothing(text);
    if (missing || !startsLikeNumber(text)) {
      return Float.NaN;
    }
    try {
      double value = Double.parseDouble(text);
      return (float) value;
    } catch (NumberFormatException isText) {
      return Float.NaN;
    }
  }

  /// Java's own words (`NaN`, `Infinity`, `1f`, `0x1p3`) are texts.
  private static boolean startsLikeNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if ("+-.0123456789eE".indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNothing(String text) {
    return switch (text) {
      case "", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?" -> true;
      default -> false;
    };
  }

  /// Reads a text; [#isMissing()] says whether there was one.
  String text() throws IOException {
    field();
    String text = lastText();
    missing = isNothing(text.strip());
    return text;
  }

  /// The bytes of a row, with its line end.
  byte[] row() throws IOException {
    // Fields that stand in the buffer stay there until the next one does not fit any more.
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    do {
      field();
      out.write(buffer, rawFrom, at - rawFrom);
    } while (!endsRow);
    return out.toByteArray();
  }

  /// Passes over a field.
  void field() throws IOException {
    int start = at;
    fieldEscaped = false;
    int i = start;
    while (true) {
      if (i < limit && buffer[i] == quote) {
        i = closing(i + 1);
        start = at;
        if (i < limit && buffer[i] != delimiter && buffer[i] != '\n' && buffer[i] != '\r') {
          throw new IOException("line %d: text behind a closing quote".formatted(line));
        }
        fieldFrom = start + 1;
        fieldTo = i - 1;
      } else {
        while (i < limit && buffer[i] != delimiter && buffer[i] != '\n') {
          i++;
        }
        fieldFrom = start;
        fieldTo = i > start && i < limit && buffer[i] == '\n' && buffer[i - 1] == '\r' ? i - 1 : i;
      }
      if (i < limit && buffer[i] == '\r') {
        i++;
      }
      if (i < limit) {
        rawFrom = start;
        endField(i);
        return;
      }
      if (!fill(start)) {
        throw new IOException("line %d: a quote is not closed".formatted(line));
      }
      start = at;
      i = start;
    }
  }

  /// The position behind the closing quote; fills the buffer on the way.
  private int closing(int from) throws IOException {
    int i = from;
    while (true) {
      while (i + 1 < limit && buffer[i] != quote) {
        line += buffer[i] == '\n' ? 1 : 0;
        i++;
      }
      if (i + 1 < limit && buffer[i + 1] != quote) {
        return i + 1;
      }
      if (i + 1 < limit) {
        fieldEscaped = true;
        i += 2;
      } else {
        int behind = i - at;
        if (!fill(at)) {
          throw new IOException("line %d: a quote is not closed".formatted(line));
        }
        i = at + behind;
      }
    }
  }

  private String lastText() {
    String text = new String(buffer, fieldFrom, fieldTo - fieldFrom, StandardCharsets.UTF_8);
    if (fieldEscaped) {
      String mark = String.valueOf((char) quote);
      return text.replace(mark + mark, mark);
    }
    return text;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
