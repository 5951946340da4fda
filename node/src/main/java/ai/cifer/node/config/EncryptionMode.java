package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import java.util.Arrays;
import java.util.List;

/// Who can open an update.
public enum EncryptionMode {
  /// The coordinator.
  NONE("none"),
  /// A trusted node that is not the coordinator, and it only sums of certified cohorts.
  KEY_HOLDER("key-holder");

  private final String word;

  EncryptionMode(String word) {
    this.word = word;
  }

  /// As the config names it.
  public String word() {
    return word;
  }

  static List<String> words() {
    return Arrays.stream(values()).map(EncryptionMode::word).toList();
  }

  static EncryptionMode of(String word) {
    return Arrays.stream(values()).filter(mode -> mode.word.equals(word)).findFirst().orElseThrow();
  }

  /// Reads `encryption` and `use_homomorphic`, which must not contradict each other.
  static EncryptionMode from(Settings settings) throws NodeException {
    boolean homomorphic = settings.flag("use_homomorphic", true);
    EncryptionMode otherwise = homomorphic ? KEY_HOLDER : NONE;
    EncryptionMode mode = of(settings.word("encryption", otherwise.word, words()));
    if (settings.has("use_homomorphic") && homomorphic != (mode != NONE)) {
      throw settings.invalid(
          "use_homomorphic: %s contradicts encryption: %s (expected: only one of them, or both the same)"
              .formatted(homomorphic, mode.word));
    }
    return mode;
  }
}
