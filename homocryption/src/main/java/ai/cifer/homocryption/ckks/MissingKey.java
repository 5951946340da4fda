package ai.cifer.homocryption.ckks;

/// An operation needs an evaluation key that the evaluator was not given.
public final class MissingKey extends CkksException {
  /// @param message fact, value, expectation, cure
  public MissingKey(String message) {
    super(message);
  }
}
