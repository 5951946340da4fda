package ai.cifer.training.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;

/// Row numbers in some order, outside the heap: four bytes an example.
final class Order {

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final MemorySegment rows;
  private long size;

  private Order(MemorySegment rows) {
    this.rows = rows;
  }

  /// Empty, with room for `most` rows.
  static Order withRoom(long most, Arena arena) {
    return new Order(arena.allocate(INT, most));
  }

  Order copy(Arena arena) {
    Order copy = withRoom(size, arena);
    MemorySegment.copy(rows, 0, copy.rows, 0, size * Integer.BYTES);
    copy.size = size;
    return copy;
  }

  void add(int row) {
    rows.setAtIndex(INT, size++, row);
  }

  long size() {
    return size;
  }

  int get(long index) {
    return rows.getAtIndex(INT, index);
  }

  /// Fisher and Yates: every order equally likely.
  void shuffle(RandomGenerator random) {
    for (long i = size - 1; i > 0; i--) {
      long j = random.nextInt((int) i + 1);
      int swapped = get(i);
      rows.setAtIndex(INT, i, get(j));
      rows.setAtIndex(INT, j, swapped);
    }
  }
}
