package ai.cifer.homocryption;

/// Lengths that do not fit together, as in a product of a matrix and a vector.
public final class ShapeMismatch extends IllegalArgumentException {
  /// @param message fact, value, expectation, cure
  public ShapeMismatch(String message) {
    super(message);
  }
}
