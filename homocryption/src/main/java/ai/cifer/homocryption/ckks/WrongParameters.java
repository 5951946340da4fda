package ai.cifer.homocryption.ckks;

/// Something was made under another parameter set.
public final class WrongParameters extends CkksException {
  WrongParameters(String message) {
    super(message);
  }
}
