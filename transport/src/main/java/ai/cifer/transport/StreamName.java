package ai.cifer.transport;

import java.util.regex.Pattern;

/// The rule for names of streams: parts of `[A-Za-z0-9._-]{1,64}` joined by `/`, at most 256
/// characters, no part `.` or `..`. A name that passes is a safe relative path.
public final class StreamName {
  private static final int MAX_CHARACTERS = 256;
  private static final Pattern NAME =
      Pattern.compile(
          "(?!\\.\\.?(/|$))[A-Za-z0-9._-]{1,64}(/(?!\\.\\.?(/|$))[A-Za-z0-9._-]{1,64})*+");

  private StreamName() {}

  /// Returns the name if it keeps the rule.
  ///
  /// @throws IllegalArgumentException if not
  public static String check(String name) {
    if (name.length() > MAX_CHARACTERS || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "stream: "
              + Printable.of(name)
              + " (expected: parts of [A-Za-z0-9._-]{1,64} joined by '/', at most 256 characters)");
    }
    return name;
  }
}
