package ai.cifer.homocryption.ckks;

/// A ciphertext's level is too low for the operation.
public final class LevelExhausted extends CkksException {
  /// @param message fact, value, expectation, cure
  public LevelExhausted(String message) {
    super(message);
  }
}
