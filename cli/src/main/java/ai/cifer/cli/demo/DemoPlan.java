package ai.cifer.cli.demo;

import ai.cifer.secagg.plan.EncryptionMode;
import java.nio.file.Path;

/// What a demo is to do.
///
/// @param clients how many organisations take part, 2 to 64
/// @param rounds how many rounds the run has, >= 1
/// @param alpha Dirichlet concentration of the split, > 0: small is unequal
/// @param seed fixes split, initial model and training
/// @param architecture the network's name
/// @param dataset an npz file with `x_train`, `y_train`, `x_test` and `y_test`
/// @param runs the folder under which the run gets its own
/// @param encryption how updates are protected where they are, any mode but `none`
/// @param mode encrypted, unencrypted, or both
/// @param centralised whether the same network is also trained on all data in one place
public record DemoPlan(
    int clients,
    int rounds,
    double alpha,
    long seed,
    String architecture,
    Path dataset,
    Path runs,
    EncryptionMode encryption,
    Mode mode,
    boolean centralised) {

  /// Which runs are made.
  public enum Mode {
    ENCRYPTED,
    PLAIN,
    COMPARE
  }

  /// Of two clients each can compute the other's update from the sum (PROTOCOL 2.4), so three are
  /// the smallest cohort wherever there are three.
  private static final int SMALLEST_COHORT = 3;

  private static final int MAX_CLIENTS = 64;

  static final double LEARNING_RATE = 0.1;
  static final int BATCH_SIZE = 32;

  /// @throws IllegalArgumentException if a figure is out of its range; names the option
  public DemoPlan {
    if (clients < 2 || clients > MAX_CLIENTS) {
      throw new IllegalArgumentException(
          "--clients: %d (expected: 2 to %d; each is a process, and a sum of one is its update)"
              .formatted(clients, MAX_CLIENTS));
    }
    if (rounds < 1) {
      throw new IllegalArgumentException("--rounds: %d (expected: >= 1)".formatted(rounds));
    }
    if (!(alpha > 0) || alpha == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("--alpha: %s (expected: > 0)".formatted(alpha));
    }
  }

  /// Whether a key holder takes part in the encrypted run.
  boolean hasKeyHolder() {
    return encryption.hasKeyHolder() && mode != Mode.PLAIN;
  }

  /// The smallest cohort that anybody in the demo takes part in.
  int smallestCohort() {
    return Math.min(clients, SMALLEST_COHORT);
  }
}
