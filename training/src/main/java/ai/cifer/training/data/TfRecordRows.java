package ai.cifer.training.data;

import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.TfExample.Feature;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows of a TFRecord file of `tf.train.Example`: a column for each feature, by ascending names.
///
/// The first record says what a column is: numbers, a text, a PNG or JPEG image, or raw bytes as
/// pixels. In a later record a feature may be missing, but not be something else.
final class TfRecordRows {

  private static final int MAX_TEXT_BYTES = 256;
  private static final List<String> LABELS = List.of("label", "y", "class", "target");

  private final TfRecordReader records;
  private final Map<String, Field> fields = new LinkedHashMap<>();

  /// How a feature becomes values.
  private static final class Field {
    final int width;
    final Column column;
    final @Nullable Map<String, Integer> texts;
    long missing;

    Field(Column column, boolean text) {
      this.column = column;
      this.width = column.width();
      this.texts = text ? new LinkedHashMap<>() : null;
    }
  }

  private TfRecordRows(TfRecordReader records) {
    this.records = records;
  }

  /// Reads all of `file`.
  static Rows open(Path file) throws TrainingException {
    try (TfRecordReader records = new TfRecordReader(file)) {
      return new TfRecordRows(records).read();
    } catch (IOException malformed) {
      throw DataFormats.unreadable(file, "TFRecord", malformed);
    }
  }

  private Rows read() throws IOException {
    byte[] record = records.next();
    if (record == null) {
      throw new IOException("no records (expected: at least one)");
    }
    for (Map.Entry<String, Feature> entry : TfExample.parse(record).entrySet()) {
      fields.put(entry.getKey(), field(entry.getKey(), entry.getValue()));
    }
    if (fields.isEmpty()) {
      throw records.malformed("no features (expected: at least one)");
    }
    int width = fields.values().stream().mapToInt(field -> field.width).reduce(0, Math::addExact);
    float[] row = new float[width];
    long size = 0;
    try (Spool spool = Spool.create()) {
      while (record != null) {
        decode(TfExample.parse(record), row);
        spool.write(row, width);
        size++;
        record = records.next();
      }
      Arena arena = Arena.ofShared();
      return new SpooledRows(arena, spool.map(arena), columns(), size, label());
    }
  }

  private List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    for (Field field : fields.values()) {
      Column first = field.column;
      List<String> categories = field.texts == null ? List.of() : List.copyOf(field.texts.keySet());
      columns.add(
          new Column(
              first.name(), first.type(), first.shape(), first.kind(), categories, field.missing));
    }
    return columns;
  }

  private int label() {
    List<String> names = List.copyOf(fields.keySet());
    for (String label : LABELS) {
      if (names.contains(label)) {
        return names.indexOf(label);
      }
    }
    return -1;
  }

  private Field field(String name, Feature first) throws IOException {
    return switch (first) {
      case Feature.Floats(float[] values) ->
          new Field(Column.numbers(name, "float", shape(values.length)), false);
      case Feature.Integers(long[] values) ->
          new Field(Column.numbers(name, "int64", shape(values.length)), false);
      case Feature.ByteStrings(List<byte[]> values) when values.size() == 1 ->
          bytes(name, values.getFirst());
      case Feature.ByteStrings(List<byte[]> values) ->
          throw records.malformed(
              "feature %s: %d byte strings (expected: 1)".formatted(name, values.size()));
    };
  }

  private Field bytes(String name, byte[] value) throws IOException {
    if (Images.isImage(value)) {
      Images.Size size = Images.size(value);
      return new Field(
          new Column(name, "image", size.shape(), Column.Kind.INTEGER, List.of(), 0), false);
    }
    if (value.length <= MAX_TEXT_BYTES && isText(value)) {
      return new Field(
          new Column(name, "text", List.of(), Column.Kind.CATEGORY, List.of(), 0), true);
    }
    return new Field(
        new Column(name, "bytes", List.of(value.length), Column.Kind.INTEGER, List.of(), 0), false);
  }

  private static List<Integer> shape(int count) {
    return count == 1 ? List.of() : List.of(count);
  }

  private static boolean isText(byte[] value) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(value))
          .chars()
          .noneMatch(Character::isISOControl);
    } catch (CharacterCodingException binary) {
      return false;
    }
  }

  private void decode(Map<String, Feature> features, float[] row) throws IOException {
    int at = 0;
    for (Map.Entry<String, Field> entry : fields.entrySet()) {
      Field field = entry.getValue();
      Feature feature = features.get(entry.getKey());
      if (feature == null || (isEmpty(feature) && field.width > 0)) {
        java.util.Arrays.fill(row, at, at + field.width, Float.NaN);
        field.missing++;
      } else {
        decode(entry.getKey(), field, feature, row, at);
      }
      at += field.width;
    }
  }

  private static boolean isEmpty(Feature feature) {
    return switch (feature) {
      case Feature.Floats(float[] values) -> values.length == 0;
      case Feature.Integers(long[] values) -> values.length == 0;
      case Feature.ByteStrings(List<byte[]> values) -> values.isEmpty();
    };
  }

  private void decode(String name, Field field, Feature feature, float[] row, int at)
      throws IOException {
    boolean numbers = field.column.type().equals("float") || field.column.type().equals("int64");
    switch (feature) {
      case Feature.Floats(float[] values) when numbers && values.length == field.width ->
          System.arraycopy(values, 0, row, at, values.length);
      case Feature.Integers(long[] values) when numbers && values.length == field.width -> {
        for (int i = 0; i < values.length; i++) {
          row[at + i] = values[i];
        }
      }
      case Feature.ByteStrings(List<byte[]> values) when !numbers && values.size() == 1 ->
          decode(name, field, values.getFirst(), row, at);
      default -> throw mismatch(name, field);
    }
  }

  private void decode(String name, Field field, byte[] value, float[] row, int at)
      throws IOException {
    Map<String, Integer> texts = field.texts;
    if (texts != null) {
      String text = new String(value, StandardCharsets.UTF_8);
      if ((texts.size() == CsvRows.MAX_CATEGORIES && !texts.containsKey(text))
          || value.length > MAX_TEXT_BYTES) {
        throw records.malformed(
            "feature %s: more than %d different texts".formatted(name, CsvRows.MAX_CATEGORIES));
      }
      row[at] = texts.computeIfAbsent(text, _ -> texts.size());
    } else if (field.column.type().equals("image")) {
      Images.decode(value, Images.Size.of(field.column.shape()), row, at);
    } else if (value.length == field.width) {
      for (int i = 0; i < value.length; i++) {
        row[at + i] = Byte.toUnsignedInt(value[i]);
      }
    } else {
      throw mismatch(name, field);
    }
  }

  private IOException mismatch(String name, Field field) {
    return records.malformed(
        "feature %s: not as in the first record (expected: %s, %d values)"
            .formatted(name, field.column.type(), field.width));
  }
}
