package ai.cifer.homocryption.ckks;

/// A ciphertext shows its message to everybody, because the parts that hide it are zero.
public final class TransparentCiphertext extends CkksException {
  TransparentCiphertext(String message) {
    super(message);
  }
}
