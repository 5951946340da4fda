package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.plan.Profile;
import ai.cifer.secagg.round.HelperTrust;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What coordinator, clients and key holder read alike.
final class Participation {

  static final Set<String> ID_KEYS =
      Set.of("encoded_project_id", "encoded_company_id", "encoded_client_id");

  static final Set<String> ENCRYPTION_KEYS = Set.of("encryption", "use_homomorphic");

  /// Clients of the largest profile that is offered (PROTOCOL 2.2).
  private static final int MOST_CLIENTS = AggregationPlan.MAX_CLIENTS;

  /// Clients of the largest round under a key holder's public key: sums of more do not fit.
  private static final int MOST_CIPHERTEXTS = Profile.USUAL.maxClients();

  /// Long enough for a hiccup of the network or a garbage collection, short enough to wait for.
  private static final double DEFAULT_PATIENCE_SECONDS = 60;

  /// The liveness rule is applied ten times a second; less patience than one such step gives up
  /// everybody.
  private static final double LEAST_PATIENCE_SECONDS = 0.1;

  /// A year.
  private static final double MOST_PATIENCE_SECONDS = 31_536_000;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private Participation() {}

  /// What stands for address and identity where there is no network; nothing looks at it.
  static Map<String, String> withoutNetwork(Settings settings) {
    Map<String, String> absent = new LinkedHashMap<>();
    absent.put("certfile", "none");
    absent.put("keyfile", "none");
    if (!settings.has("ip_address")) {
      absent.put("base_api", "https://localhost");
    }
    return absent;
  }

  /// `encryption` and `use_homomorphic`, which must not contradict each other.
  static EncryptionMode encryption(Settings settings) throws NodeException {
    return encryption(settings, EncryptionMode.SECURE_AGGREGATION);
  }

  /// @param usual what `use_homomorphic: true` means to the reader of this file
  static EncryptionMode encryption(Settings settings, EncryptionMode usual) throws NodeException {
    boolean homomorphic = settings.flag("use_homomorphic", true);
    EncryptionMode otherwise = homomorphic ? usual : EncryptionMode.NONE;
    EncryptionMode mode =
        EncryptionMode.of(
            settings.word(
                "encryption",
                otherwise.key(),
                Arrays.stream(EncryptionMode.values()).map(EncryptionMode::key).toList()));
    if (settings.has("use_homomorphic") && homomorphic != mode.isProtected()) {
      throw settings.invalid(
          "use_homomorphic: %s contradicts encryption: %s (expected: only one of them, or both the same)"
              .formatted(homomorphic, mode.key()));
    }
    return mode;
  }

  /// `threshold`: how many helpers must be needed to open a sum.
  static HelperTrust trust(Settings settings) throws NodeException {
    List<String> words = Arrays.stream(HelperTrust.values()).map(HelperTrust::key).toList();
    return HelperTrust.of(settings.word("threshold", HelperTrust.MALICIOUS_THIRD.key(), words));
  }

  /// `profile`: the parameters of encryption; where none is named, one for so many clients.
  static Profile profile(Settings settings, int roundClients) throws NodeException {
    return Profile.named(
        settings.word(
            "profile",
            Profile.usual(roundClients).name(),
            Profile.all().stream().map(Profile::name).toList()));
  }

  /// Why a round of so many clients cannot run in a mode with a profile, if it cannot.
  static Optional<String> unfit(EncryptionMode mode, Profile profile, int roundClients) {
    if (mode.scheme().isPresent() && roundClients > MOST_CIPHERTEXTS) {
      return Optional.of(
          "n_round_clients: %d (expected: <= %d with encryption: %s; or encryption: %s)"
              .formatted(
                  roundClients,
                  MOST_CIPHERTEXTS,
                  mode.key(),
                  EncryptionMode.SECURE_AGGREGATION.key()));
    }
    if (roundClients > profile.maxClients()) {
      return Optional.of(
          "n_round_clients: %d (expected: <= %d with profile: %s)"
              .formatted(roundClients, profile.maxClients(), profile.name()));
    }
    try {
      profile.requireExact(mode);
      return Optional.empty();
    } catch (IllegalArgumentException refused) {
      return Optional.of(String.valueOf(refused.getMessage()));
    }
  }

  /// `n_round_clients`, 0 where it is not set. Only the coordinator acts on it; others may say it,
  /// so that one file can serve every role.
  static int roundClients(Settings settings) throws NodeException {
    return (int) settings.integer("n_round_clients", 0, 1, MOST_CLIENTS);
  }

  /// `patience`, in seconds.
  static Duration patience(Settings settings) throws NodeException {
    return duration(settings, "patience", DEFAULT_PATIENCE_SECONDS);
  }

  /// No limit, unless the file says one: how long training takes only its owner knows.
  static Optional<Duration> roundLimit(Settings settings) throws NodeException {
    return settings.has("round_limit")
        ? Optional.of(duration(settings, "round_limit", MOST_PATIENCE_SECONDS))
        : Optional.empty();
  }

  private static Duration duration(Settings settings, String key, double absent)
      throws NodeException {
    double seconds = settings.positive(key, absent);
    if (seconds < LEAST_PATIENCE_SECONDS || seconds > MOST_PATIENCE_SECONDS) {
      throw settings.invalid(
          key, "%s to %s seconds".formatted(LEAST_PATIENCE_SECONDS, MOST_PATIENCE_SECONDS));
    }
    return Duration.ofMillis(Math.round(1000 * seconds));
  }

  /// A name that is also safe as a file name.
  static Optional<String> name(Settings settings, String key) throws NodeException {
    Optional<String> name = settings.text(key);
    if (name.isPresent() && (!NAME.matcher(name.get()).matches() || name.get().startsWith("."))) {
      throw settings.invalid(key, "1 to 64 letters, digits, '.', '_' or '-', the first no '.'");
    }
    return name;
  }

  /// The ids that are set, decoded from base64.
  static Map<String, String> ids(Settings settings) throws NodeException {
    Map<String, String> ids = new LinkedHashMap<>();
    for (String key : ID_KEYS) {
      Optional<String> encoded = settings.text(key);
      if (encoded.isPresent()) {
        try {
          ids.put(
              key, new String(Base64.getDecoder().decode(encoded.get()), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException malformed) {
          throw settings.invalid(key, "base64");
        }
      }
    }
    return Collections.unmodifiableMap(ids);
  }
}
