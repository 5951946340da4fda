package ai.cifer.training.data;

import java.lang.foreign.Arena;
import java.util.List;

/// Rows of arrays that lie in memory or in a mapped file, in the types of the file.
final class ArrayRows implements Rows {

  private final Arena arena;
  private final List<Part> parts;
  private final long size;
  private final int label;
  private final boolean divided;
  private final int[] widths;
  private final long[] rowSizes;

  /// A column and where it lies.
  ///
  /// @param array its first dimension is that of the rows
  /// @param from where in a row of `array` the column begins
  record Part(Column column, NpyArray array, int from) {
    Part(String name, NpyArray array) {
      this(column(name, array.header()), array, 0);
    }

    private static Column column(String name, NpyHeader header) {
      List<Integer> shape = header.shape().stream().skip(1).map(Math::toIntExact).toList();
      return new Column(
          name, header.type().label(), shape, header.type().columnKind(), List.of(), 0);
    }
  }

  /// @param arena owns the arrays, closed with these rows
  ArrayRows(Arena arena, List<Part> parts, int label, boolean divided) {
    this.arena = arena;
    this.parts = List.copyOf(parts);
    this.size = parts.getFirst().array().header().shape().getFirst();
    this.label = label;
    this.divided = divided;
    widths = this.parts.stream().mapToInt(part -> part.column().width()).toArray();
    rowSizes = this.parts.stream().mapToLong(part -> part.array().header().rowSize()).toArray();
  }

  @Override
  public List<Column> columns() {
    return parts.stream().map(Part::column).toList();
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
    return divided;
  }

  @Override
  public void read(long row, int column, float[] out, int at) {
    Part part = parts.get(column);
    part.array().reals(row * rowSizes[column] + part.from(), widths[column], out, at);
  }

  @Override
  public void close() {
    arena.close();
  }
}
