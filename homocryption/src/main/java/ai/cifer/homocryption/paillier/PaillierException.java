package ai.cifer.homocryption.paillier;

/// A fact about keys or data that makes an operation of Paillier impossible; the nested class names
/// it. Misuse by the caller is an `IllegalArgumentException` or `IllegalStateException` instead.
public abstract sealed class PaillierException extends RuntimeException {
  PaillierException(String message) {
    super(message);
  }

  /// A number that is no modulus of Paillier, or a secret key that does not fit together.
  public static final class InvalidKey extends PaillierException {
    InvalidKey(String message) {
      super(message);
    }
  }

  /// A proof that does not convince.
  public static final class InvalidProof extends PaillierException {
    InvalidProof(String message) {
      super(message);
    }
  }

  /// A number that is no ciphertext under the key.
  public static final class InvalidCiphertext extends PaillierException {
    InvalidCiphertext(String message) {
      super(message);
    }
  }

  /// Ciphertexts or keys that do not belong together.
  public static final class WrongKey extends PaillierException {
    WrongKey(String message) {
      super(message);
    }
  }

  /// A packed field that could overflow into its neighbour.
  public static final class FieldOverflow extends PaillierException {
    FieldOverflow(String message) {
      super(message);
    }
  }
}
