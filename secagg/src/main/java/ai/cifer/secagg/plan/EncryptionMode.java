package ai.cifer.secagg.plan;

import java.util.Arrays;

/// Who can open an update.
public enum EncryptionMode {
  /// The coordinator; for debugging and for strategies that must see single updates.
  NONE("none"),
  /// Nobody alone: one trusted helper that is not the coordinator opens sums.
  KEY_HOLDER("key-holder"),
  /// Nobody: t of c helpers open the sum of one certified cohort.
  SECURE_AGGREGATION("secure-aggregation");

  private final String key;

  EncryptionMode(String key) {
    this.key = key;
  }

  /// The word in configuration files and in messages.
  public String key() {
    return key;
  }

  /// Whether updates are masked.
  public boolean isProtected() {
    return this != NONE;
  }

  /// The mode of a word.
  ///
  /// @throws IllegalArgumentException if there is none; the message lists all words
  public static EncryptionMode of(String key) {
    for (EncryptionMode mode : values()) {
      if (mode.key.equals(key)) {
        return mode;
      }
    }
    throw new IllegalArgumentException(
        "encryption: %s (expected: one of %s)"
            .formatted(key, Arrays.stream(values()).map(EncryptionMode::key).toList()));
  }
}
