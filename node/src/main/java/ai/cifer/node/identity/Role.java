package ai.cifer.node.identity;

/// What a participant may be. The role stands in its certificate as the host of
/// `cifer://role/name`.
public enum Role {
  /// Runs the rounds.
  COORDINATOR("coordinator"),
  /// Has data and trains.
  CLIENT("client"),
  /// Opens sums.
  KEY_HOLDER("key-holder");

  private final String word;

  Role(String word) {
    this.word = word;
  }

  /// `coordinator`, `client` or `key-holder`.
  public String word() {
    return word;
  }

  /// The role of a word.
  ///
  /// @throws IllegalArgumentException naming the three words
  public static Role of(String word) {
    for (Role role : values()) {
      if (role.word.equals(word)) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "role: " + Text.printable(word) + " (expected: coordinator, client or key-holder)");
  }
}
