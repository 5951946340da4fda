package ai.cifer.secagg.plan;

import ai.cifer.secagg.cipher.SumScheme;
import java.util.Arrays;
import java.util.Optional;

/// Who can open an update.
public enum EncryptionMode {
  /// The coordinator; for debugging and for strategies that must see single updates.
  NONE("none"),
  /// Nobody alone: one trusted helper that is not the coordinator opens sums.
  KEY_HOLDER("key-holder"),
  /// Nobody: t of c helpers open the sum of one certified cohort.
  SECURE_AGGREGATION("secure-aggregation"),
  /// Nobody alone: clients encrypt under the public key of a key holder, which opens certified
  /// sums.
  CKKS("ckks"),
  /// As [#CKKS] with another scheme, for small models.
  PAILLIER("paillier");

  private final String key;

  EncryptionMode(String key) {
    this.key = key;
  }

  /// The word in configuration files and in messages.
  public String key() {
    return key;
  }

  /// Whether the coordinator cannot read updates.
  public boolean isProtected() {
    return this != NONE;
  }

  /// Whether one trusted helper opens sums, which is no client.
  public boolean hasKeyHolder() {
    return this == KEY_HOLDER || scheme().isPresent();
  }

  /// The scheme under whose public key clients encrypt, if they do.
  public Optional<SumScheme> scheme() {
    return switch (this) {
      case CKKS -> Optional.of(SumScheme.CKKS);
      case PAILLIER -> Optional.of(SumScheme.PAILLIER);
      case NONE, KEY_HOLDER, SECURE_AGGREGATION -> Optional.empty();
    };
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
