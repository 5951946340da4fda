package ai.cifer.fedlearn.privacy;

/// How every client protects its update by differential privacy before it is encrypted: it is
/// scaled down to a norm of at most `clipNorm`, gets Gaussian noise, and is rounded at random to a
/// lattice whose step is a power of two. What is summed, encrypted or not, are whole steps.
///
/// The guarantee is for everything of one client: its data, all of them. With [Scope#CENTRAL] it
/// compares a run with one in which a client sends zeros instead; each client adds its part of the
/// noise, so that `honest` clients together add what the sum needs, and whoever sees only sums and
/// models learns no more than that. With [Scope#LOCAL] it compares any two updates of a client, and
/// holds against whoever reads it.
///
/// @param scope against whom
/// @param clipNorm the largest Euclidean norm of what a client sends, > 0
/// @param noiseMultiplier the deviation of the noise by `clipNorm`, > 0: of a sum's noise with
///   [Scope#CENTRAL], of each update's with [Scope#LOCAL]
/// @param sampling the chance of each client in each round that its update counts, in (0, 1]; which
///   counted nobody else learns
/// @param honest with [Scope#CENTRAL], how many clients of every sum add noise that those who see
///   it do not know, >= 1; 1 with [Scope#LOCAL]
/// @param delta the probability with which the guarantee may fail, in (0, 1)
public record UpdatePrivacy(
    Scope scope,
    double clipNorm,
    double noiseMultiplier,
    double sampling,
    int honest,
    double delta) {

  /// Whom the guarantee holds against.
  public enum Scope {
    /// Whoever reads single updates.
    LOCAL,
    /// Whoever sees sums of at least `honest` honest clients, and models.
    CENTRAL
  }

  /// Noise larger than this many deviations is cut off: of 10^15 values less than one in 10^17
  /// runs, since `P(|N| > 12 s) < 4e-33`.
  private static final int DEVIATIONS = 12;

  /// Rounding costs nothing (docs/explanation-differential-privacy.md) if the noise of each client
  /// has a deviation of at least so many steps: what it adds to delta is at most `exp(-8 pi^2)`
  /// times the number of values that a sum can have, for each parameter and client.
  private static final int LEAST_STEPS = 4;

  /// Levels that a clip in float32 says exactly.
  private static final int MOST_BITS = 24;

  public UpdatePrivacy {
    positive("clip_norm", clipNorm);
    positive("noise_multiplier", noiseMultiplier);
    require("sampling", sampling, sampling > 0 && sampling <= 1, "> 0 to 1");
    require("delta", delta, delta > 0 && delta < 1, "> 0 to < 1");
    require("honest", honest, honest >= 1, ">= 1");
    boolean local = scope == Scope.LOCAL;
    require("honest", honest, !local || honest == 1, "1 with scope local");
    require("sampling", sampling, !local || sampling == 1, "1 with scope local");
  }

  /// Each client by itself.
  public static UpdatePrivacy local(double clipNorm, double noiseMultiplier, double delta) {
    return new UpdatePrivacy(Scope.LOCAL, clipNorm, noiseMultiplier, 1, 1, delta);
  }

  /// The clients of a sum together, all of them in every round.
  public static UpdatePrivacy central(
      double clipNorm, double noiseMultiplier, int honest, double delta) {
    return new UpdatePrivacy(Scope.CENTRAL, clipNorm, noiseMultiplier, 1, honest, delta);
  }

  private static void positive(String name, double value) {
    require(name, value, value >= Float.MIN_NORMAL && value <= Float.MAX_VALUE, "> 0");
  }

  private static void require(String name, Number value, boolean holds, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, value, expected));
    }
  }

  /// The standard deviation of the noise that each client adds to each value of an update of norm
  /// at most `clipNorm`; what is sent is that divided by `sampling`.
  public double deviation() {
    return clipNorm * noiseMultiplier / Math.sqrt(honest);
  }

  /// The least standard deviation of the noise in each value of the mean of so many clients.
  public double meanDeviation(int clients) {
    return deviation() * Math.sqrt(clients) / sampling / clients;
  }

  /// What `rounds` rounds spend at `delta`. Every round that was opened counts, also a void one.
  public double epsilon(long rounds) {
    // Any two updates of norm C are up to 2 C apart, one and zeros up to C.
    double multiplier = scope == Scope.LOCAL ? noiseMultiplier / 2 : noiseMultiplier;
    return RenyiAccountant.epsilon(multiplier, sampling, rounds, delta);
  }

  /// The step of the lattice to which updates are rounded where values have so many bits: the
  /// smallest power of two with which `2^(bits-1) - 1` steps hold the update and its noise.
  ///
  /// @throws IllegalArgumentException if the noise is lost in rounding, or is out of range
  public double step(int bits) {
    require("bits of a value, with differential privacy", bits, bits <= MOST_BITS, "<= 24");
    double most = (clipNorm + DEVIATIONS * deviation()) / sampling;
    double step = Math.scalb(1.0, Math.getExponent(most / levels(bits)) + 1);
    double clip = step * levels(bits);
    require("clip_norm and noise", most, step >= Float.MIN_NORMAL, "a step within float32");
    require(
        "clip_norm and noise", most, clip <= Float.MAX_VALUE, "<= %s".formatted(Float.MAX_VALUE));
    require(
        "noise of a client, in steps of %d bits".formatted(bits),
        deviation() / sampling / step,
        deviation() / sampling >= LEAST_STEPS * step,
        ">= %d: a larger noise_multiplier, fewer honest, or a profile with more bits"
            .formatted(LEAST_STEPS));
    return step;
  }

  /// The magnitude at which values are cut where they have so many bits; exact in float32.
  ///
  /// @throws IllegalArgumentException as [#step]
  public float clip(int bits) {
    return (float) (step(bits) * levels(bits));
  }

  private static int levels(int bits) {
    return (1 << (bits - 1)) - 1;
  }
}
