package ai.cifer.homocryption.ckks;

/// A value is not finite, or too large for the modulus at its scale.
public final class ValueOutOfRange extends CkksException {
  /// @param message fact, value, expectation, cure
  public ValueOutOfRange(String message) {
    super(message);
  }
}
