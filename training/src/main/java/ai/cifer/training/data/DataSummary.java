package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a data file holds, for `cifer data inspect`.
///
/// @param file where it lies
/// @param arrays its arrays, in the order of the file
/// @param classCounts for each split that is there, the number of examples of each class
public record DataSummary(Path file, List<ArrayInfo> arrays, Map<Split, long[]> classCounts) {

  /// @param name for example `x_train`
  /// @param type for example `uint8`
  /// @param shape for example `[16000, 28, 28]`
  /// @param dataBytes size of the values in memory
  /// @param compressedBytes size in the file
  public record ArrayInfo(
      String name, String type, List<Long> shape, long dataBytes, long compressedBytes) {}

  /// Reads the headers of all arrays and the labels of the splits.
  ///
  /// @throws TrainingException if the file is missing or malformed
  public static DataSummary of(Path file) throws TrainingException {
    try (NpzFile npz = NpzFile.open(file)) {
      List<ArrayInfo> arrays = new ArrayList<>();
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
      Map<Split, long[]> counts = new EnumMap<>(Split.class);
      for (Split split : Split.values()) {
        String suffix = split.name().toLowerCase(Locale.ROOT);
        if (npz.names().contains("x_" + suffix) && npz.names().contains("y_" + suffix)) {
          try (NpzDataset dataset = NpzDataset.open(file, split)) {
            counts.put(split, dataset.classCounts());
          }
        }
      }
      return new DataSummary(file, List.copyOf(arrays), counts);
    }
  }
}
