package ai.cifer.transport;

import ai.cifer.transport.LinkRefused.Reason;
import java.io.IOException;
import java.nio.file.FileSystemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Why a call ends before its time, as the other side gets to know it: a kind and one line, never a
/// stack trace.
record Fault(Kind kind, String message) {
  enum Kind {
    /// The handler turned the peer away.
    DECLINED,
    /// The handler has what the peer would send, or no use for it any more.
    NOT_NEEDED,
    /// The peer broke the protocol.
    INVALID,
    /// The handler could not do it now: disk full, source changed.
    FAILED,
    /// A bug; details are in the log of the side that has it.
    INTERNAL,
    /// This side is closing.
    CLOSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Fault.class);

  Fault {
    message = Printable.of(message);
  }

  /// What an exception of a handler becomes. Whatever is not for the peer goes to the log.
  static Fault of(Throwable cause) {
    return switch (cause) {
      case LinkRefused refused ->
          new Fault(
              refused.reason() == Reason.NOT_NEEDED ? Kind.NOT_NEEDED : Kind.DECLINED,
              text(refused));
      case ProtocolException violation -> new Fault(Kind.INVALID, text(violation));
      // Its message begins with a path of this machine, which is nobody else's business.
      case FileSystemException file -> {
        LOG.warn("A stream or session failed", file);
        String reason = file.getReason();
        yield new Fault(Kind.FAILED, reason == null ? "a file operation failed" : reason);
      }
      case IOException failed -> new Fault(Kind.FAILED, text(failed));
      default -> {
        LOG.error("A handler failed", cause);
        yield new Fault(Kind.INTERNAL, "internal error; the log of the other side has the details");
      }
    };
  }

  /// What the other side throws.
  IOException toException() {
    return switch (kind) {
      case DECLINED -> LinkRefused.declined(message);
      case NOT_NEEDED -> LinkRefused.notNeeded(message);
      case INVALID, FAILED, INTERNAL, CLOSED -> new IOException(message);
    };
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
