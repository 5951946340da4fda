package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import ai.cifer.secagg.plan.ClipTable;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.HelperTrust;
import ai.cifer.secagg.round.RoundPolicy;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What a client's owner demands of every round; it refuses a coordinator that offers less.
///
/// @param encryption the mode; whoever asks for no protection is content with more
/// @param kMin the smallest cohort
/// @param trust what the number of helpers that open a sum must withstand
/// @param tMin the least number of them
/// @param profiles the parameters of encryption
/// @param maxClip the largest clips, for the tensors that it names
public record Demands(
    EncryptionMode encryption,
    int kMin,
    HelperTrust trust,
    int tMin,
    Set<String> profiles,
    Optional<ClipTable> maxClip) {

  static final Set<String> KEYS =
      Keys.union(
          Participation.ENCRYPTION_KEYS,
          Set.of("k_min", "threshold", "t_min", "profiles", "max_clip"));

  /// The most helpers of a round (PROTOCOL 2.6).
  private static final int MOST_HELPERS = 32;

  static Demands from(Settings settings) throws NodeException {
    Set<String> all = new TreeSet<>(RoundPolicy.allParameters());
    return new Demands(
        Participation.encryption(settings),
        KeyHolderConfig.kMin(settings),
        Participation.trust(settings),
        (int) settings.integer("t_min", 1, 1, MOST_HELPERS),
        settings.words("profiles", all, List.copyOf(all)),
        Clips.table(settings, "max_clip"));
  }

  /// The same for the protocol.
  public RoundPolicy policy(String federation) {
    return new RoundPolicy(
        federation,
        kMin,
        encryption == EncryptionMode.NONE
            ? EnumSet.allOf(EncryptionMode.class)
            : Set.of(encryption),
        profiles,
        trust,
        tMin,
        maxClip);
  }
}
