package ai.cifer.training.data;

import java.util.List;

/// A column of a table: in each row a value, or an array of values of one shape.
///
/// @param name what steps of preprocessing call it
/// @param type of the values in the file, for example `uint8`
/// @param shape of what one row holds; empty for one value
/// @param kind what the values are
/// @param categories the texts that stand for 0, 1, ...; empty where the values are numbers
/// @param missing how many values are missing
public record Column(
    String name,
    String type,
    List<Integer> shape,
    Kind kind,
    List<String> categories,
    long missing) {

  /// What values are, so that it is known what may be done with them.
  public enum Kind {
    /// Measured: taken as they are.
    NUMBER(1),
    /// Whole numbers that count, name or are pixels of 0 to 255.
    INTEGER(255),
    /// Whole numbers from 0 to 65535.
    WIDE_INTEGER(65535),
    /// Numbers of the texts in `categories`.
    CATEGORY(1),
    /// Texts of which there are too many to be categories: cannot be learnt from.
    TEXT(1);

    private final float range;

    Kind(float range) {
      this.range = range;
    }

    /// What features of this kind are divided by where no step says otherwise.
    float range() {
      return range;
    }
  }

  public Column {
    shape = List.copyOf(shape);
    categories = List.copyOf(categories);
  }

  static Column numbers(String name, String type, List<Integer> shape) {
    return new Column(name, type, shape, Kind.NUMBER, List.of(), 0);
  }

  /// How many values one row holds.
  public int width() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }
}
