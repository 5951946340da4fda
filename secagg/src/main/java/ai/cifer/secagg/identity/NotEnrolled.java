package ai.cifer.secagg.identity;

/// A certificate does not make its holder what it claims to be.
public final class NotEnrolled extends Exception {
  /// @param message name, role and the reason
  public NotEnrolled(String message) {
    super(message);
  }

  public NotEnrolled(String message, Throwable cause) {
    super(message, cause);
  }
}
