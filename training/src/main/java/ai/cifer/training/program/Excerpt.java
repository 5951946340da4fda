package ai.cifer.training.program;

/// Text of a program in a message for people: short, and without characters that a terminal obeys.
final class Excerpt {

  private static final int MOST_CHARACTERS = 300;

  private Excerpt() {}

  static String of(String text) {
    String start =
        text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
    return start.replaceAll("\\p{Cntrl}", "?");
  }
}
