package ai.cifer.secagg.codec;

import java.util.regex.Pattern;

/// The rule for names of participants, federations and runs.
public final class Names {
  /// Of a name, each one byte.
  public static final int MAX_CHARACTERS = 64;

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9._-]{1,%d}".formatted(MAX_CHARACTERS));
  private static final int SHOWN = 80;

  private Names() {}

  /// The name in names of files: different ones stay different on disks that ignore case.
  public static String inFile(String name) {
    StringBuilder safe = new StringBuilder();
    for (char letter : check(name).toCharArray()) {
      if (letter >= 'A' && letter <= 'Z') {
        safe.append('~').append((char) (letter - 'A' + 'a'));
      } else {
        safe.append(letter);
      }
    }
    return safe.toString();
  }

  /// Returns the name if it has 1 to 64 characters of `[A-Za-z0-9._-]`.
  ///
  /// @throws IllegalArgumentException if not
  public static String check(String name) {
    if (!NAME.matcher(name).matches()) {
      String shown = name.substring(0, Math.min(SHOWN, name.length())).replaceAll("[^ -~]", "?");
      throw new IllegalArgumentException(
          "name: \"" + shown + "\" (expected: 1 to 64 characters of [A-Za-z0-9._-])");
    }
    return name;
  }
}
