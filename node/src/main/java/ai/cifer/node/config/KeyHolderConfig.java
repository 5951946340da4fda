package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import ai.cifer.secagg.plan.EncryptionMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/// What a key holder is told.
///
/// @param encryption what it opens: secrets of masks, or ciphertexts under a key of its own
/// @param kMin the smallest cohort whose sum it helps to open
/// @param state where it keeps what it signed and revealed
public record KeyHolderConfig(
    Address coordinator,
    Credentials credentials,
    EncryptionMode encryption,
    int kMin,
    Duration patience,
    Path state,
    Map<String, String> ids) {

  /// Of two, each can compute the other's update from the sum (PROTOCOL 2.4).
  static final int DEFAULT_K_MIN = 3;

  static final Set<String> KEYS =
      Keys.union(
          Address.PARTICIPANT_KEYS,
          Credentials.KEYS,
          Participation.ID_KEYS,
          Participation.ENCRYPTION_KEYS,
          Set.of("n_round_clients", "k_min", "patience", "state_path"));

  /// Reads a file.
  ///
  /// @param overrides keys and values that go before the file's
  /// @throws NodeException if a key is unknown or a value out of range
  public static KeyHolderConfig read(Path file, Map<String, String> overrides)
      throws NodeException {
    return from(Settings.read(file, overrides, KEYS));
  }

  /// Whatever the file can say.
  public static ConfigBuilder<KeyHolderConfig> builder() {
    return new ConfigBuilder<>(KEYS, KeyHolderConfig::from);
  }

  private static KeyHolderConfig from(Settings settings) throws NodeException {
    EncryptionMode mode = Participation.encryption(settings, EncryptionMode.KEY_HOLDER);
    if (!mode.hasKeyHolder()) {
      throw settings.invalid(
          "encryption: %s (expected: key-holder, ckks or paillier; %s)"
              .formatted(
                  mode.key(),
                  mode.isProtected()
                      ? "the clients open sums themselves"
                      : "without encryption there is nothing to open"));
    }
    // Checked, not used: see there.
    Participation.roundClients(settings);
    return new KeyHolderConfig(
        Address.from(settings, 1),
        Credentials.from(settings),
        mode,
        kMin(settings),
        Participation.patience(settings),
        settings.path("state_path", "state"),
        Participation.ids(settings));
  }

  /// 3 unless the owner of the file says otherwise; never below 2, since a cohort of one is its
  /// member's update.
  static int kMin(Settings settings) throws NodeException {
    return (int) settings.integer("k_min", DEFAULT_K_MIN, 2, 4096);
  }
}
