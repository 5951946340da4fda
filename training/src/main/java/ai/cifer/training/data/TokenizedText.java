package ai.cifer.training.data;

import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Turns the texts of a CSV file into numbers that name tokens, as the tokenizer of a Hugging Face
/// model does: cut or filled up to one length, so that a network takes them.
///
/// @param tokenizer a folder of Hugging Face, or its `tokenizer.json`
/// @param length tokens of a text, special ones included
/// @param pad the token behind short texts; where it is not said, the tokenizer's own
/// @param text the column of the texts
/// @param label the column of the classes
/// @param classes the words that stand for class 0, 1, ...; empty if the column has the numbers
public record TokenizedText(
    Path tokenizer,
    int length,
    Optional<String> pad,
    String text,
    String label,
    List<String> classes) {

  /// Positions of the longest contexts; more is a mistake.
  private static final int MAX_LENGTH = 1 << 17;

  /// @throws IllegalArgumentException if the length is out of range
  public TokenizedText {
    classes = List.copyOf(classes);
    if (length < 1 || length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "length: %d (expected: 1 to %d)".formatted(length, MAX_LENGTH));
    }
  }

  /// What was written.
  ///
  /// @param examples texts
  /// @param cut how many of them were longer than `length`
  /// @param padding the number of the token behind short texts
  public record Written(long examples, long cut, int padding) {}

  /// Writes `x`, int32, a row of tokens for each text, and `y`, int64, its class.
  ///
  /// @param out an npz file, which appears when it is complete
  /// @throws TrainingException if a file is missing or malformed, or a label is no class
  public Written write(Path csv, Path out) throws TrainingException {
    try (Spool tokens = Spool.create();
        Spool labels = Spool.create();
        Arena arena = Arena.ofConfined()) {
      Written written = read(csv, tokens, labels);
      MemorySegment x = tokens.map(arena);
      MemorySegment y = labels.map(arena);
      try (NpzWriter npz = NpzWriter.create(out)) {
        npz.write(
            "x",
            NpyHeader.of(NpyType.INT32, List.of(written.examples, (long) length)),
            to -> copy(x, NpyType.INT32, to));
        npz.write(
            "y",
            NpyHeader.of(NpyType.INT64, List.of(written.examples)),
            to -> copy(y, NpyType.INT64, to));
        npz.commit();
      }
      return written;
    } catch (IOException failure) {
      throw DataFormats.unreadable(csv, "CSV", failure);
    }
  }

  /// Writes float32 values, all whole, as integers.
  private static void copy(MemorySegment from, NpyType type, OutputStream to) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = 0; at < from.byteSize(); at += Float.BYTES) {
      int value = (int) from.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
      if (type == NpyType.INT64) {
        chunk.putLong(value);
      } else {
        chunk.putInt(value);
      }
      if (!chunk.hasRemaining() || at + Float.BYTES == from.byteSize()) {
        to.write(chunk.array(), 0, chunk.position());
        chunk.clear();
      }
    }
  }

  private Written read(Path csv, Spool tokens, Spool labels) throws IOException, TrainingException {
    CsvDialect dialect = CsvRows.dialect(csv);
    int width = dialect.names().size();
    int textColumn = column(csv, dialect, text);
    int labelColumn = column(csv, dialect, label);
    long rows = 0;
    float[] row = new float[length];
    float[] target = new float[1];
    try (TextTokenizer words = TextTokenizer.open(tokenizer, length, pad);
        CsvReader reader = new CsvReader(DataInput.open(csv), dialect)) {
      if (dialect.header() && reader.nextRow()) {
        CsvRows.skipRow(reader);
      }
      while (reader.nextRow()) {
        long line = reader.line();
        for (int column = 0; column < width; column++) {
          if (column > 0 && reader.rowEnded()) {
            throw CsvRows.ragged(line, column, width);
          }
          String field = reader.text();
          if (column == textColumn) {
            words.read(field, row);
          }
          if (column == labelColumn) {
            target[0] = number(csv, field.strip(), line);
          }
        }
        if (!reader.rowEnded()) {
          throw CsvRows.ragged(line, width + 1, width);
        }
        tokens.write(row, length);
        labels.write(target, 1);
        rows++;
      }
      if (rows == 0) {
        throw new IOException("no rows (expected: at least one)");
      }
      return new Written(rows, words.cut(), words.padding());
    }
  }

  private static int column(Path csv, CsvDialect dialect, String name) throws TrainingException {
    int found = dialect.names().indexOf(name);
    if (found < 0) {
      throw new TrainingException(
          "%s: column %s: missing (expected: one of %s)"
              .formatted(csv, name, dialect.names().stream().limit(50).toList()));
    }
    return found;
  }

  private int number(Path csv, String field, long line) throws TrainingException {
    int found = classes.isEmpty() ? parsed(field) : classes.indexOf(field);
    if (found < 0 || found >= LabelColumn.MAX_CLASSES) {
      throw new TrainingException(
          "%s: label '%s' on line %d (expected: %s)"
              .formatted(
                  csv,
                  field,
                  line,
                  classes.isEmpty()
                      ? "0 to %d, or the words for them in --classes"
                          .formatted(LabelColumn.MAX_CLASSES - 1)
                      : "one of " + classes));
    }
    return found;
  }

  private static int parsed(String field) {
    try {
      return Integer.parseInt(field);
    } catch (NumberFormatException text) {
      return -1;
    }
  }
}
