package ai.cifer.homocryption.ckks;

/// Two operands that must have the same scale do not.
public final class ScaleMismatch extends CkksException {
  ScaleMismatch(String message) {
    super(message);
  }
}
