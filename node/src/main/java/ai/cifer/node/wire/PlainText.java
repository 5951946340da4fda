package ai.cifer.node.wire;

/// Texts of others that people read: short, on one line, and without what moves a cursor or turns
/// the direction of writing.
public final class PlainText {

  /// Enough for a reason, too little to hide another message in.
  static final int MAX_CHARACTERS = 300;

  private PlainText() {}

  /// The first 300 characters, unprintable ones replaced by `?`.
  public static String of(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .limit(MAX_CHARACTERS)
        .forEach(point -> out.appendCodePoint(isPrintable(point) ? point : '?'));
    return out.toString();
  }

  private static boolean isPrintable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
