package ai.cifer.training.data;

import ai.cifer.fedlearn.train.TrainingException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Turns the texts of a CSV file into numbers that name tokens, as the tokenizer of a Hugging Face
/// model does: cut or padded to one length, so that a network takes them.
///
/// The tokenizer is the participant's own file, `tokenizer.json`; the library is DJL's, which runs
/// Hugging Face's.
public final class TokenizedText {

  /// Positions of the longest contexts; more is a mistake.
  private static final int MAX_LENGTH = 1 << 17;

  private final Path tokenizer;
  private final int length;

  /// @param tokenizer `tokenizer.json`
  /// @param length tokens of an example, special ones included
  /// @throws TrainingException if the length is out of range
  public TokenizedText(Path tokenizer, int length) throws TrainingException {
    if (length < 1 || length > MAX_LENGTH) {
      throw new TrainingException(
          "length: %d (expected: 1 to %d)".formatted(length, MAX_LENGTH));
    }
    this.tokenizer = tokenizer;
    this.length = length;
  }

  /// Writes `x`, int32, a row of tokens for each text, and `y`, int64, its class.
  ///
  /// @param text the column of the texts
  /// @param label the column of the classes
  /// @param classes the words that stand for class 0, 1, ...; empty if the column has the numbers
  /// @return how many examples there are
  /// @throws TrainingException if a file is missing or malformed, or a label is no class
  public long write(Path csv, String text, String label, List<String> classes, Path out)
      throws TrainingException {
    try (Spool tokens = Spool.create();
        Spool labels = Spool.create();
        Arena arena = Arena.ofConfined()) {
      long rows = read(csv, text, label, classes, tokens, labels);
      MemorySegment x = tokens.map(arena);
      MemorySegment y = labels.map(arena);
      try (NpzWriter npz = NpzWriter.create(out)) {
        npz.write(
            "x",
            NpyHeader.of(NpyType.INT32, List.of(rows, (long) length)),
            to -> copy(x, rows * length, Integer.BYTES, to));
        npz.write(
            "y",
            NpyHeader.of(NpyType.INT64, List.of(rows)),
            to -> copy(y, rows, Long.BYTES, to));
        npz.commit();
      }
      return rows;
    } catch (IOException failure) {
      throw DataFormats.unreadable(csv, "CSV", failure);
    }
  }

  /// Floats hold the numbers exactly: they are below 2^24.
  private static void copy(MemorySegment from, long count, int bytes, OutputStream to)
      throws IOException {
    ByteBuffer one = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (long i = 0; i < count; i++) {
      int value = (int) from.get(ValueLayout.JAVA_FLOAT_UNALIGNED, Float.BYTES * i);
      one.clear();
      if (bytes == Long.BYTES) {
        one.putLong(value);
      } else {
        one.putInt(value);
      }
      to.write(one.array());
    }
  }

  private long read(
      Path csv, String text, String label, List<String> classes, Spool tokens, Spool labels)
      throws IOException, TrainingException {
    CsvDialect dialect = CsvRows.dialect(csv);
    int textColumn = column(dialect, text);
    int labelColumn = column(dialect, label);
    long rows = 0;
    float[] row = new float[length];
    float[] target = new float[1];
    try (HuggingFaceTokenizer words = open();
        CsvReader reader = new CsvReader(DataInput.open(csv), dialect)) {
      if (dialect.header() && reader.nextRow()) {
        CsvRows.skipRow(reader);
      }
      while (reader.nextRow()) {
        long line = reader.line();
        int column = 0;
        for (; column == 0 || !reader.rowEnded(); column++) {
          String field = reader.text();
          if (column == textColumn) {
            tokens(words, field, row);
          } else if (column == labelColumn) {
            target[0] = label(field, classes, line);
          }
        }
        if (column != dialect.names().size()) {
          throw new IOException(
              "line %d: %d fields (expected: %d)".formatted(line, column, dialect.names().size()));
        }
        tokens.write(row, length);
        labels.write(target, 1);
        rows++;
      }
    }
    if (rows == 0) {
      throw new IOException("no rows (expected: at least one)");
    }
    return rows;
  }

  private static int column(CsvDialect dialect, String name) throws TrainingException {
    int found = dialect.names().indexOf(name);
    if (found < 0) {
      throw new TrainingException(
          "column: %s (expected: one of %s)"
              .formatted(name, dialect.names().stream().limit(50).toList()));
    }
    return found;
  }

  private static float label(String field, List<String> classes, long line)
      throws TrainingException {
    int found = classes.indexOf(field.strip());
    if (classes.isEmpty()) {
      try {
        found = Integer.parseInt(field.strip());
      } catch (NumberFormatException text) {
        found = -1;
      }
    }
    if (found < 0 || found >= LabelColumn.MAX_CLASSES) {
      throw new TrainingException(
          "label: '%s' on line %d (expected: %s)"
              .formatted(
                  field,
                  line,
                  classes.isEmpty() ? "0 to " + (LabelColumn.MAX_CLASSES - 1) : classes));
    }
    return found;
  }

  private static void tokens(HuggingFaceTokenizer words, String text, float[] row) {
    long[] ids = words.encode(text).getIds();
    Arrays.fill(row, 0);
    for (int i = 0; i < Math.min(ids.length, row.length); i++) {
      row[i] = ids[i];
    }
  }

  private HuggingFaceTokenizer open() throws TrainingException {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    try {
      return HuggingFaceTokenizer.builder()
          .optTokenizerPath(tokenizer)
          .optMaxLength(length)
          .optTruncation(true)
          .optPadToMaxLength()
          .build();
    } catch (IOException | RuntimeException malformed) {
      throw new TrainingException(
          "%s: not a tokenizer of Hugging Face: %s (expected: its tokenizer.json)"
              .formatted(tokenizer, malformed.getMessage()),
          malformed);
    } catch (LinkageError missing) {
      throw new TrainingException(
          "tokenizers do not start: %s (expected: ai.djl.huggingface:tokenizers on the class path, which has Linux, macOS and Windows)"
              .formatted(missing),
          missing);
    }
  }
}
