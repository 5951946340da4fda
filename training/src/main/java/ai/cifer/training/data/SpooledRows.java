package ai.cifer.training.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// Rows that were decoded once into float32, one after the other.
final class SpooledRows implements Rows {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena;
  private final MemorySegment values;
  private final List<Column> columns;
  private final int[] from;
  private final int width;
  private final long size;
  private final int label;

  /// @param arena owns `values`, closed with these rows
  SpooledRows(Arena arena, MemorySegment values, List<Column> columns, long size, int label) {
    this.arena = arena;
    this.values = values;
    this.columns = List.copyOf(columns);
    this.size = size;
    this.label = label;
    from = new int[columns.size() + 1];
    for (int i = 0; i < columns.size(); i++) {
      from[i + 1] = from[i] + columns.get(i).width();
    }
    width = from[columns.size()];
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int label() {
    return label;
  }

  @Override
  public boolean divided() {
    return false;
  }

  @Override
  public void read(long row, int column, float[] out, int at) {
    int count = from[column + 1] - from[column];
    long start = Float.BYTES * (row * width + from[column]);
    if (count == 1) {
      out[at] = values.get(FLOAT, start);
    } else {
      MemorySegment.copy(values, FLOAT, start, out, at, count);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
