package ai.cifer.homocryption.ckks;

/// Something was made under another key.
public final class WrongKey extends CkksException {
  WrongKey(String message) {
    super(message);
  }
}
