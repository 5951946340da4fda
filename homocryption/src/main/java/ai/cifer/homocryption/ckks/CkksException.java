package ai.cifer.homocryption.ckks;

/// A fact about keys, ciphertexts or plaintexts that makes an operation impossible; the subclass
/// names the fact, the message says what to do.
public abstract sealed class CkksException extends RuntimeException
    permits LevelExhausted,
        ScaleMismatch,
        WrongKey,
        WrongParameters,
        TransparentCiphertext,
        MissingKey,
        ValueOutOfRange {
  CkksException(String message) {
    super(message);
  }
}
