package ai.cifer.homocryption.ckks;

/// Something was made under another key.
public final class WrongKey extends CkksException {
  /// @param message fact, value, expectation, cure
  public WrongKey(String message) {
    super(message);
  }
}
