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
    DECLINED,
    /// The time of a stream is over: the other side has what it would bring, or nobody needs it any
    /// more.
    NOT_NEEDED
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

  /// What a handler throws that does not need a stream; the message crosses the wire.
  public static LinkRefused notNeeded(String message) {
    return new LinkRefused(Reason.NOT_NEEDED, message);
  }

  /// Whether the other side is there and said so.
  public boolean isAnswer() {
    return reason == Reason.DECLINED || reason == Reason.NOT_NEEDED;
  }

  /// Why.
  public Reason reason() {
    return reason;
  }
}
