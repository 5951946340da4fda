package ai.cifer.cli.terminal;

/// What a colour means; the terminal's own palette decides how it looks.
public enum Colour {
  STRONG("1"),
  FAINT("2"),
  GOOD("32"),
  NOTE("33"),
  BAD("31");

  private final String code;

  Colour(String code) {
    this.code = code;
  }

  String paint(String text) {
    return "\033[" + code + "m" + text + "\033[0m";
  }
}
