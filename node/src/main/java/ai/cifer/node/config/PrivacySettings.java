package ai.cifer.node.config;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.privacy.UpdatePrivacy.Scope;
import ai.cifer.node.NodeException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// `privacy`: differential privacy of what clients send.
final class PrivacySettings {

  static final String KEY = "privacy";

  private static final Set<String> KEYS =
      Set.of("scope", "clip_norm", "noise_multiplier", "sampling", "honest", "delta");

  /// Usual for up to some thousands of clients; it should be well below one by their number.
  private static final double DEFAULT_DELTA = 1e-5;

  private PrivacySettings() {}

  /// @param minClients of a sum; so many add the noise that it needs unless `honest` says fewer
  static Optional<UpdatePrivacy> read(Settings settings, int minClients) throws NodeException {
    Optional<Settings> said = settings.object(KEY, KEYS);
    if (said.isEmpty()) {
      return Optional.empty();
    }
    if (settings.has("clip")) {
      throw settings.invalid(
          "clip", "none with privacy, whose clip_norm and noise say where values are cut");
    }
    Settings privacy = said.get();
    for (String needed : List.of("clip_norm", "noise_multiplier")) {
      if (!privacy.has(needed)) {
        throw privacy.missing(needed);
      }
    }
    Scope scope =
        Scope.valueOf(
            privacy.word("scope", "central", List.of("central", "local")).toUpperCase(Locale.ROOT));
    int most = scope == Scope.LOCAL ? 1 : minClients;
    try {
      return Optional.of(
          new UpdatePrivacy(
              scope,
              privacy.positive("clip_norm", 0),
              privacy.positive("noise_multiplier", 0),
              privacy.positive("sampling", 1),
              (int) privacy.integer("honest", most, 1, most),
              privacy.positive("delta", DEFAULT_DELTA)));
    } catch (IllegalArgumentException outOfRange) {
      throw privacy.invalid(String.valueOf(outOfRange.getMessage()));
    }
  }
}
