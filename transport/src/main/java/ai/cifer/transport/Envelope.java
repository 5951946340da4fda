package ai.cifer.transport;

import java.util.Arrays;
import java.util.regex.Pattern;

/// One message of a session: a kind that tells the receiver how to decode the body, an id, and the
/// body.
///
/// Transport never looks into the body. The array is not copied, neither here nor by the in-process
/// link: whoever creates an envelope gives the array away and whoever receives one owns it.
///
/// @param kind what the body is, 1 to 64 characters of `[A-Za-z0-9._-]`
/// @param id correlation or idempotency key, at most 256 printable ASCII characters, may be empty
/// @param body at most [#MAX_BODY_BYTES] bytes; what is longer belongs into a stream
public record Envelope(String kind, String id, byte[] body) {
  /// The longest body, 4 MiB.
  public static final int MAX_BODY_BYTES = 4 << 20;

  private static final Pattern KIND = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern ID = Pattern.compile("[\\x20-\\x7e]{0,256}");

  /// Checks the three limits.
  ///
  /// @throws IllegalArgumentException if a limit is broken
  public Envelope {
    if (!KIND.matcher(kind).matches()) {
      throw new IllegalArgumentException(
          "kind: " + Printable.of(kind) + " (expected: 1 to 64 characters of [A-Za-z0-9._-])");
    }
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "id: " + Printable.of(id) + " (expected: at most 256 printable ASCII characters)");
    }
    if (body.length > MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "body of "
              + kind
              + ": "
              + body.length
              + " bytes (expected: <= "
              + MAX_BODY_BYTES
              + "; upload what is longer as a stream)");
    }
  }

  /// Compares kind, id and the contents of the body.
  @Override
  public boolean equals(Object other) {
    return other instanceof Envelope(String k, String i, byte[] b)
        && kind.equals(k)
        && id.equals(i)
        && Arrays.equals(body, b);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * kind.hashCode() + id.hashCode()) + Arrays.hashCode(body);
  }

  /// Names kind, id and length; the body may be secret.
  @Override
  public String toString() {
    return "Envelope[kind=" + kind + ", id=" + id + ", body=" + body.length + " bytes]";
  }
}
