package ai.cifer.transport;

/// Text from the other side made safe for a log line or a status: one line, printable ASCII,
/// bounded.
final class Printable {
  private static final int MAX_CHARACTERS = 512;

  private Printable() {}

  static String of(String text) {
    var out = new StringBuilder(Math.min(text.length(), MAX_CHARACTERS));
    for (int i = 0; i < text.length(); i++) {
      if (out.length() == MAX_CHARACTERS) {
        return out.append("...").toString();
      }
      char c = text.charAt(i);
      out.append(c >= 0x20 && c < 0x7f ? c : '?');
    }
    return out.toString();
  }
}
