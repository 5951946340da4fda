package ai.cifer.node.identity;

import java.io.IOException;

/// A certificate, request or key that is not accepted. The message names the file, the fact and the
/// cure.
public final class IdentityRefused extends IOException {
  private static final long serialVersionUID = 1L;

  /// What is wrong.
  public enum Reason {
    /// A file is missing or cannot be read.
    UNREADABLE,
    /// A file or message is not what it should be, or too long.
    MALFORMED,
    /// The private key can be read by others.
    EXPOSED,
    /// The validity has ended.
    EXPIRED,
    /// The validity has not begun.
    NOT_YET_VALID,
    /// Another authority signed it.
    UNTRUSTED,
    /// A certificate without name, role or signing key.
    NOT_A_PARTICIPANT,
    /// A signing key that is not canonical or of small order.
    WEAK_KEY,
    /// Private key and certificate do not belong together.
    WRONG_KEY,
    /// A request whose signatures do not verify.
    NO_POSSESSION,
    /// A file that would be overwritten.
    EXISTS
  }

  private final Reason reason;

  IdentityRefused(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  IdentityRefused(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /// What is wrong.
  public Reason reason() {
    return reason;
  }
}
