package ai.cifer.transport;

import ai.cifer.transport.LinkRefused.Reason;
import com.linecorp.armeria.client.UnprocessedRequestException;
import io.grpc.Status;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/// Between faults, the statuses of gRPC, which WebSockets say as text, and the exceptions that
/// users of a link see.
///
/// @param where host and port of the coordinator, for messages
record NetworkFaults(String where) {
  /// How the coordinator calls the end of a call that came too early.
  static final String LOST = "the connection was lost or the participant gave up";

  private static final int MAX_CAUSES = 16;

  /// `finishConnect(..) failed with error(-111): ` of Netty's native transport.
  private static final Pattern NATIVE_CALL =
      Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

  static Status toStatus(Fault fault) {
    Status status =
        switch (fault.kind()) {
          case DECLINED -> Status.PERMISSION_DENIED;
          case NOT_NEEDED -> Status.ALREADY_EXISTS;
          case INVALID -> Status.INVALID_ARGUMENT;
          case FAILED -> Status.ABORTED;
          case INTERNAL -> Status.INTERNAL;
          case CLOSED -> Status.UNAVAILABLE;
        };
    return status.withDescription(fault.message());
  }

  /// The status as a line: its name, a space, the reason.
  static String line(Fault fault) {
    Status status = toStatus(fault);
    return status.getCode().name() + " " + status.getDescription();
  }

  /// What such a line of the coordinator means.
  IOException told(String line) {
    int space = line.indexOf(' ');
    String name = space < 0 ? line : line.substring(0, space);
    return told(name, space < 0 ? line : line.substring(space + 1));
  }

  /// @param status the name of its code
  private IOException told(String status, String description) {
    String reason = Printable.of(description);
    if (status.equals(Status.Code.PERMISSION_DENIED.name())) {
      return LinkRefused.declined(reason);
    }
    return status.equals(Status.Code.ALREADY_EXISTS.name())
        ? LinkRefused.notNeeded(reason)
        : new IOException("coordinator at " + where + ": " + reason);
  }

  /// What the end of a call means on the participant's side.
  IOException toException(Throwable thrown) {
    Status status = Status.fromThrowable(thrown);
    List<Throwable> causes = causes(thrown);
    if (causes.stream().anyMatch(OneCertificate.Changed.class::isInstance)) {
      return new IOException(
          "the certificate at " + where + " is another than the one that the link began with",
          thrown);
    }
    if (causes.stream().anyMatch(NetworkFaults::isOfTls)) {
      return causes.stream().anyMatch(NetworkFaults::isCutOff)
          ? new IOException(
              "the connection to " + where + " was lost while it was being made", thrown)
          : new LinkRefused(Reason.TLS, tls(causes), thrown);
    }
    for (Throwable cause : causes) {
      if (cause instanceof ConnectException || cause instanceof UnprocessedRequestException) {
        return new LinkRefused(
            Reason.UNREACHABLE,
            "nobody answers at "
                + where
                + " ("
                + plain(causes.getLast())
                + "); start the coordinator there, or correct address and port",
            thrown);
      }
    }
    String description = status.getDescription();
    if (description != null && causes.size() <= 1) {
      return told(status.getCode().name(), description);
    }
    return lost(thrown);
  }

  /// The end of a call that had begun.
  IOException lost(Throwable thrown) {
    return new IOException(
        "the connection to "
            + where
            + " was lost ("
            + Printable.of(String.valueOf(causes(thrown).getLast()))
            + ")",
        thrown);
  }

  private static boolean isOfTls(Throwable cause) {
    return cause instanceof SSLException || cause instanceof CertificateException;
  }

  /// A process that ends while a link to it is being made says nothing of certificates, and may be
  /// there again. Netty has no type for its end; the system tells of a reset by an error of the
  /// socket below the handshake's.
  private static boolean isCutOff(Throwable cause) {
    return cause instanceof SSLException
        ? String.valueOf(cause.getMessage()).startsWith("Connection closed while SSL")
        : cause instanceof SocketException || cause instanceof Errors.NativeIoException;
  }

  /// The system's own words, without the name and number of the native call around them.
  static String plain(Throwable cause) {
    return Printable.of(NATIVE_CALL.matcher(String.valueOf(cause.getMessage())).replaceFirst(""));
  }

  private static List<Throwable> causes(Throwable thrown) {
    var causes = new ArrayList<Throwable>();
    for (Throwable t = thrown; t != null && causes.size() < MAX_CAUSES; t = t.getCause()) {
      causes.add(t);
    }
    return causes;
  }

  /// The reason in words, since engines put it into texts only. Alerts speak of this side's
  /// certificate, exceptions of the own trust store of the coordinator's.
  private String tls(List<Throwable> causes) {
    var text = new StringBuilder();
    for (Throwable cause : causes) {
      if (cause instanceof CertificateNotYetValidException) {
        return "the certificate of the coordinator at "
            + where
            + " is not valid yet ("
            + cause.getMessage()
            + "); set the clocks of both machines";
      }
      if (cause instanceof CertificateExpiredException) {
        return "the certificate of the coordinator at "
            + where
            + " has expired ("
            + cause.getMessage()
            + "); have its owner renew it";
      }
      text.append(cause.getMessage()).append('\n');
    }
    String all = text.toString().toUpperCase(Locale.ROOT);
    if (all.contains("ALERT")) {
      return "the coordinator at "
          + where
          + (all.contains("EXPIRED")
              ? " says that the certificate of this side has expired; renew it"
              : " does not accept the certificate of this side; have it signed by the authority that"
                  + " the coordinator trusts");
    }
    if (all.contains("SUBJECT ALTERNATIVE") || all.contains("NO NAME MATCHING")) {
      return "the certificate of the coordinator is not for "
          + where
          + "; connect by a name that it carries, or have one made for this name";
    }
    if (all.contains("PKIX")) {
      return "the certificate of the coordinator at "
          + where
          + " is signed by another authority; use the ca.pem of its federation";
    }
    return "no TLS with "
        + where
        + " ("
        + Printable.of(String.valueOf(causes.getLast().getMessage()))
        + "); is that a coordinator's port?";
  }
}
