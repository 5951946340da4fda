package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a data file holds, for `cifer data inspect`.
///
/// @param file where it lies
/// @param format for example `csv`
/// @param arrays of an npz file, in the order of the file; otherwise empty
/// @param splits what can be learnt from, split by split; a file without a test set has one
public record DataSummary(
    Path file, String format, List<ArrayInfo> arrays, Map<Split, SplitInfo> splits) {

  private static final int FIRST_ROWS = 5;
  private static final int MOST_VALUES = 8;

  /// A column with more different values is hardly one of classes.
  private static final int MOST_CLASSES = 1000;

  /// @param name for example `x_train`
  /// @param type for example `uint8`
  /// @param shape for example `[16000, 28, 28]`
  /// @param dataBytes size of the values in memory
  /// @param compressedBytes size in the file
  public record ArrayInfo(
      String name, String type, List<Long> shape, long dataBytes, long compressedBytes) {}

  /// @param rows how many there are
  /// @param columns with what is missing in them
  /// @param label the column that is the label where no step says otherwise
  /// @param classCounts rows of each class, empty where the label is not a class by itself
  /// @param firstRows a text for each column, of arrays the first values
  public record SplitInfo(
      long rows,
      List<Column> columns,
      @Nullable String label,
      List<Long> classCounts,
      List<List<String>> firstRows) {}

  /// Looks at `file`: at the labels all, at the features only as far as the format demands.
  ///
  /// @throws TrainingException if the file is missing or malformed
  public static DataSummary of(Path file) throws TrainingException {
    DataFormats format = DataFormats.of(file);
    List<ArrayInfo> arrays = format == DataFormats.NPZ ? arrays(file) : List.of();
    Map<Split, SplitInfo> splits = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      if (format == DataFormats.NPZ && !hasSplit(arrays, split)) {
        continue;
      }
      try (Table table = Table.open(file, split)) {
        splits.put(split, split(table));
        if (!table.rows().divided()) {
          break;
        }
      }
    }
    return new DataSummary(file, format.word(), arrays, splits);
  }

  private static boolean hasSplit(List<ArrayInfo> arrays, Split split) {
    List<String> names = arrays.stream().map(ArrayInfo::name).toList();
    String suffix = "_" + split.name().toLowerCase(Locale.ROOT);
    return names.containsAll(List.of("x" + suffix, "y" + suffix))
        || (split == Split.TRAIN && names.containsAll(List.of("x", "y")));
  }

  private static List<ArrayInfo> arrays(Path file) throws TrainingException {
    List<ArrayInfo> arrays = new ArrayList<>();
    try (NpzFile npz = NpzFile.open(file)) {
      for (String name : npz.names()) {
        NpyHeader header = npz.header(name);
        arrays.add(
            new ArrayInfo(
                name,
                header.type().label(),
                header.shape(),
                header.dataBytes(),
                npz.compressedBytes(name)));
      }
    }
    return List.copyOf(arrays);
  }

  private static SplitInfo split(Table table) throws TrainingException {
    Rows rows = table.rows();
    int label = rows.label();
    return new SplitInfo(
        rows.size(),
        rows.columns(),
        label < 0 ? null : rows.columns().get(label).name(),
        label < 0 ? List.of() : classCounts(rows, label),
        firstRows(rows));
  }

  /// Empty where a value is neither a category nor a class.
  private static List<Long> classCounts(Rows rows, int label) throws TrainingException {
    if (rows.columns().get(label).width() != 1) {
      return List.of();
    }
    long[] counts = new long[MOST_CLASSES];
    float[] value = new float[1];
    int most = 0;
    for (long row = 0; row < rows.size(); row++) {
      rows.read(row, label, value, 0);
      int number = (int) value[0];
      if (number != value[0] || number < 0 || number >= counts.length) {
        return List.of();
      }
      counts[number]++;
      most = Math.max(most, number + 1);
    }
    List<Long> list = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      list.add(counts[i]);
    }
    return list;
  }

  private static List<List<String>> firstRows(Rows rows) throws TrainingException {
    List<List<String>> first = new ArrayList<>();
    for (long row = 0; row < Math.min(FIRST_ROWS, rows.size()); row++) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < rows.columns().size(); i++) {
        Column column = rows.columns().get(i);
        float[] out = new float[column.width()];
        rows.read(row, i, out, 0);
        values.add(shown(column, out));
      }
      first.add(values);
    }
    return first;
  }

  private static String shown(Column column, float[] values) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_VALUES, values.length); i++) {
      texts.add(shown(column, values[i]));
    }
    if (values.length > MOST_VALUES) {
      texts.add("...");
    }
    return String.join(" ", texts);
  }

  private static String shown(Column column, float value) {
    if (Float.isNaN(value)) {
      return "";
    }
    if (value >= 0 && value < column.categories().size()) {
      return column.categories().get((int) value);
    }
    return value == (long) value ? String.valueOf((long) value) : String.valueOf(value);
  }
}
