package ai.cifer.transport;

import java.io.IOException;

/// A session or stream that did not come about, with the reason and the cure in the message.
///
/// Anything else that goes wrong on a link is a plain [IOException]: the other side was there and
/// was lost.
public final class LinkRefused extends IOException {
  private static final long serialVersionUID = 1L;

  /// Why a link was refused.
  public enum Reason {
    /// Nobody listens there: unknown host, connection refused, no route, no answer. Worth a retry.
    UNREACHABLE,
    /// The two sides do not accept each other's certificates. A retry does not help.
    TLS,
    /// The other side understood and declined. The message is its reason.
    DECLINED
  }

  private final Reason reason;

  /// A refusal for one of the reasons.
  ///
  /// @param message the fact and the cure, one line
  public LinkRefused(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /// A refusal with its cause.
  public LinkRefused(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /// What a handler throws to turn a peer away; the message crosses the wire.
  public static LinkRefused declined(String message) {
    return new LinkRefused(Reason.DECLINED, message);
  }

  /// Why.
  public Reason reason() {
    return reason;
  }
}
