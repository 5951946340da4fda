package ai.cifer.secagg.codec;

/// Bytes from outside that are not the canonical form of what they claim to be.
public final class MalformedMessage extends RuntimeException {
  public MalformedMessage(String message) {
    super(message);
  }

  MalformedMessage(String message, Throwable cause) {
    super(message, cause);
  }
}
