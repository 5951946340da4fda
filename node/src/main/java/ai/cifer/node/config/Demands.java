package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import ai.cifer.secagg.plan.ClipTable;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.HelperTrust;
import ai.cifer.secagg.round.RoundPolicy;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
/// @param statistics whether columns may be measured before training
/// @param minNoise the least noise multiplier of differential privacy; 0 where none is demanded
/// @param minExamples so many of its examples must train; half of those in its file when empty
public record Demands(
    EncryptionMode encryption,
    int kMin,
    HelperTrust trust,
    int tMin,
    Set<String> profiles,
    Optional<ClipTable> maxClip,
    boolean statistics,
    double minNoise,
    OptionalLong minExamples) {

  static final Set<String> KEYS =
      Keys.union(
          Participation.ENCRYPTION_KEYS,
          Set.of(
              "k_min",
              "threshold",
              "t_min",
              "profiles",
              "max_clip",
              "statistics",
              "min_noise_multiplier",
              "min_examples"));

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
        Clips.table(settings, "max_clip"),
        settings.flag("statistics", true),
        settings.positive("min_noise_multiplier", 0),
        settings.has("min_examples")
            ? OptionalLong.of(settings.integer("min_examples", 1, 1, Long.MAX_VALUE))
            : OptionalLong.empty());
  }

  /// So many of `held` examples must train. A split or class weights that leave one out of two do
  /// no harm; such that leave one for each client make its gradient what is summed.
  public long minExamples(long held) {
    return minExamples.orElse((held + 1) / 2);
  }

  /// The same for the protocol, which knows of no examples.
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
        maxClip,
        statistics,
        minNoise);
  }
}
