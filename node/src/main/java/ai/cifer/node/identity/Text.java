package ai.cifer.node.identity;

import java.util.regex.Pattern;

/// Rules for names and what may be printed of names that break them.
final class Text {
  /// Safe as a file name, in a URI and in a log line.
  private static final Pattern NAME = Pattern.compile("(?!\\.\\.?$)[A-Za-z0-9._-]{1,64}");

  private static final int MAX_PRINTED = 80;

  private Text() {}

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /// @throws IllegalArgumentException if the name breaks the rule
  static String name(String what, String text) {
    if (!isName(text)) {
      throw new IllegalArgumentException(
          what
              + ": "
              + printable(text)
              + " (expected: 1 to 64 characters of [A-Za-z0-9._-], not . or ..)");
    }
    return text;
  }

  static String printable(String text) {
    var out = new StringBuilder();
    for (int i = 0; i < text.length() && i < MAX_PRINTED; i++) {
      char c = text.charAt(i);
      out.append(c >= 0x20 && c < 0x7f ? c : '?');
    }
    return text.length() > MAX_PRINTED ? out.append("...").toString() : out.toString();
  }
}
