package ai.cifer.training.data;

/// The kinds of values that an npy array may hold.
public enum NpyType {
  BOOL('b', 1),
  INT8('i', 1),
  INT16('i', 2),
  INT32('i', 4),
  INT64('i', 8),
  UINT8('u', 1),
  UINT16('u', 2),
  UINT32('u', 4),
  UINT64('u', 8),
  FLOAT16('f', 2),
  FLOAT32('f', 4),
  FLOAT64('f', 8),
  /// Characters of four bytes; the size of an item is in the header.
  TEXT('U', 4);

  private final char kind;
  private final int unitBytes;

  NpyType(char kind, int unitBytes) {
    this.kind = kind;
    this.unitBytes = unitBytes;
  }

  /// Numpy's letter for the kind, for example `f`.
  char kind() {
    return kind;
  }

  /// The size of a number, or of one character of [#TEXT].
  int unitBytes() {
    return unitBytes;
  }

  /// What features of this type are.
  Column.Kind columnKind() {
    return switch (this) {
      case BOOL, FLOAT16, FLOAT32, FLOAT64 -> Column.Kind.NUMBER;
      case UINT16 -> Column.Kind.WIDE_INTEGER;
      case INT8, INT16, INT32, INT64, UINT8, UINT32, UINT64 -> Column.Kind.INTEGER;
      case TEXT -> Column.Kind.TEXT;
    };
  }

  public boolean isInteger() {
    return kind == 'i' || kind == 'u' || kind == 'b';
  }

  public boolean isFloating() {
    return kind == 'f';
  }

  /// The name that numpy prints, for example `float32`.
  public String label() {
    return this == TEXT ? "str" : name().toLowerCase(java.util.Locale.ROOT);
  }
}
