package ai.cifer.fedlearn.tensor;

/// A name as a person writes it for one tensor or several; `*` stands for any characters.
///
/// @param text 1 to [TensorSpec#MAX_NAME_LENGTH] characters
public record NamePattern(String text) {

  public NamePattern {
    if (text.isEmpty() || text.length() > TensorSpec.MAX_NAME_LENGTH) {
      throw new IllegalArgumentException(
          "pattern of %d characters (expected: 1 to %d)"
              .formatted(text.length(), TensorSpec.MAX_NAME_LENGTH));
    }
  }

  /// Takes time in proportion to the name's length for each `*`, whoever wrote the pattern.
  public boolean fits(String name) {
    String[] parts = text.split("\\*", -1);
    if (parts.length == 1) {
      return name.equals(text);
    }
    String last = parts[parts.length - 1];
    if (!name.startsWith(parts[0]) || !name.endsWith(last)) {
      return false;
    }
    int at = parts[0].length();
    for (int i = 1; i < parts.length - 1; i++) {
      int found = name.indexOf(parts[i], at);
      if (found < 0) {
        return false;
      }
      at = found + parts[i].length();
    }
    return at <= name.length() - last.length();
  }
}
