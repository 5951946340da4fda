package ai.cifer.secagg.cipher;

/// Bytes that are no key or ciphertext of the round, or a sum that does not open.
public final class CipherRefused extends RuntimeException {
  CipherRefused(String message) {
    super(message);
  }

  CipherRefused(RuntimeException cause) {
    super(cause.getMessage(), cause);
  }
}
