package ai.cifer.secagg.identity;

/// What a certificate entitles its holder to be.
public enum Role {
  /// Opens rounds, stores what is masked, holds no key.
  COORDINATOR(0),
  /// Has data and contributes updates; may hold shares as a helper.
  CLIENT(1),
  /// The single helper of the key-holder mode.
  KEY_HOLDER(2);

  private final int code;

  Role(int code) {
    this.code = code;
  }

  /// The number in messages.
  public int code() {
    return code;
  }

  /// The role of a number in a message.
  ///
  /// @throws IllegalArgumentException if there is none
  public static Role of(int code) {
    for (Role role : values()) {
      if (role.code == code) {
        return role;
      }
    }
    throw new IllegalArgumentException("role: " + code + " (expected: 0, 1 or 2)");
  }
}
