package ai.cifer.training.data;

import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Rows of one npy array, mapped: one of two dimensions is a table whose columns are called 0, 1,
/// ...; one of more has the column `x`, and no label.
final class NpyRows {

  private NpyRows() {}

  static Rows open(Path file) throws TrainingException {
    Arena arena = Arena.ofShared();
    try {
      NpyArray array = map(file, arena);
      NpyHeader header = array.header();
      NpzRows.requireRows("array", header);
      if (header.shape().size() != 2 || header.rowSize() > CsvDialect.MAX_COLUMNS) {
        return new ArrayRows(arena, List.of(new ArrayRows.Part("x", array)), -1, false);
      }
      int columns = (int) header.rowSize();
      List<ArrayRows.Part> parts = new ArrayList<>();
      for (int i = 0; i < columns; i++) {
        Column column =
            new Column(
                String.valueOf(i),
                header.type().label(),
                List.of(),
                header.type().columnKind(),
                List.of(),
                0);
        parts.add(new ArrayRows.Part(column, array, i));
      }
      return new ArrayRows(arena, parts, columns - 1, false);
    } catch (IOException | TrainingException | RuntimeException failure) {
      arena.close();
      if (failure instanceof RuntimeException unexpected) {
        throw unexpected;
      }
      throw DataFormats.unreadable(file, "npy", failure);
    }
  }

  static NpyArray map(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      CountedInput in = new CountedInput(java.nio.channels.Channels.newInputStream(channel));
      NpyHeader header = NpyHeader.read(in);
      if (channel.size() - in.count() != header.dataBytes()) {
        throw new IOException(
            "%d bytes with shape %s (expected: %d bytes)"
                .formatted(channel.size() - in.count(), header, header.dataBytes()));
      }
      return new NpyArray(
          header,
          channel.map(FileChannel.MapMode.READ_ONLY, in.count(), header.dataBytes(), arena));
    }
  }
}
