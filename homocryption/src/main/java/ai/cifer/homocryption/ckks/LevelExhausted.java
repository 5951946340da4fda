package ai.cifer.homocryption.ckks;

/// A ciphertext's level is too low for the operation.
public final class LevelExhausted extends CkksException {
  LevelExhausted(String message) {
    super(message);
  }
}
