package ai.cifer.homocryption.aggregation;

import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import ai.cifer.homocryption.ring.GaussianSampler;
import ai.cifer.homocryption.ring.GaussianTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.BitSet;

/// The one-time secret of a client for one (run, round, segment, attempt): the polynomial `s`,
/// discrete Gaussian of σ = 8, and the seed of the errors `e`.
///
/// **Never mask twice with one secret.** Two messages under one `(s, a)` reveal their difference,
/// and one error under two `a` reveals `s`. Therefore every block number can be masked once for the
/// life of the object; a retransmission sends the stored bytes, a retry draws a new secret.
///
/// Both parts lie outside the Java heap and are zeroed by [#close()]. Not covered: copies in crash
/// dumps and swap, and those that [BlockMasker] needs while it works.
///
/// Thread-safe.
public final class AggregationSecret implements AutoCloseable {
  private final AggregationParameters parameters;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment coefficients;
  private final MemorySegment errorSeed;
  private final BitSet masked = new BitSet();
  private boolean closed;

  private AggregationSecret(AggregationParameters parameters) {
    this.parameters = parameters;
    this.coefficients = arena.allocate(parameters.degree());
    this.errorSeed = arena.allocate(AggregationParameters.SEED_BYTES);
  }

  /// Draws a secret from two fresh 256-bit seeds, one for `s` and one for the errors.
  ///
  /// @param random a cryptographic generator; 64 bytes are taken
  public static AggregationSecret generate(AggregationParameters parameters, SecureRandom random) {
    byte[] seed = new byte[AggregationParameters.SEED_BYTES];
    byte[] errorSeed = new byte[AggregationParameters.SEED_BYTES];
    try {
      random.nextBytes(seed);
      random.nextBytes(errorSeed);
      return fromSeeds(parameters, seed, errorSeed);
    } finally {
      Arrays.fill(seed, (byte) 0);
      Arrays.fill(errorSeed, (byte) 0);
    }
  }

  /// The secret of two given seeds, for known answers.
  static AggregationSecret fromSeeds(
      AggregationParameters parameters, byte[] seed, byte[] errorSeed) {
    int degree = parameters.degree();
    byte[] random = new byte[GaussianSampler.BYTES_PER_SAMPLE * degree];
    byte[] small = new byte[degree];
    var sampler = new GaussianSampler(GaussianTable.SIGMA_8);
    var secret = new AggregationSecret(parameters);
    try (var stream = new AesCtrStream(seed)) {
      stream.start(Purpose.SECRET, 0, 0);
      stream.read(random, random.length);
      sampler.sample(random, small);
      MemorySegment.copy(small, 0, secret.coefficients, ValueLayout.JAVA_BYTE, 0, degree);
      MemorySegment.copy(
          errorSeed, 0, secret.errorSeed, ValueLayout.JAVA_BYTE, 0, errorSeed.length);
      return secret;
    } finally {
      Arrays.fill(random, (byte) 0);
      Arrays.fill(small, (byte) 0);
      sampler.clear();
    }
  }

  /// The parameters that the secret was drawn for.
  public AggregationParameters parameters() {
    return parameters;
  }

  /// Copies the N coefficients of `s`, each in [-127, 127], for secret sharing and nothing else.
  /// The caller zeroes the array.
  ///
  /// @param out exactly `degree` elements
  /// @throws IllegalStateException if the secret is closed
  public synchronized void copyCoefficients(int[] out) {
    requireOpen();
    Require.equal("coefficients", out.length, parameters.degree());
    for (int j = 0; j < out.length; j++) {
      out[j] = coefficients.get(ValueLayout.JAVA_BYTE, j);
    }
  }

  /// A stream of the errors' seed; the caller closes it.
  synchronized AesCtrStream errors() {
    requireOpen();
    byte[] seed = errorSeed.toArray(ValueLayout.JAVA_BYTE);
    try {
      return new AesCtrStream(seed);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /// Takes the right to mask a block, which exists once.
  synchronized void claim(long block) {
    requireOpen();
    if (masked.get((int) block)) {
      throw new IllegalStateException(
          "block: "
              + block
              + " (expected: one not yet masked with this secret); resend the stored bytes, or draw"
              + " a new secret");
    }
    masked.set((int) block);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("secret: closed (expected: open); draw a new one");
    }
  }

  /// Zeroes and frees the secret; later calls do nothing.
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      zero();
      arena.close();
    }
  }

  /// The first half of [#close()], apart so that a test can look at the memory.
  void zero() {
    coefficients.fill((byte) 0);
    errorSeed.fill((byte) 0);
  }

  /// The memory of `s`, for the test that it is zeroed.
  MemorySegment memory() {
    return coefficients;
  }

  /// Names the parameters only.
  @Override
  public String toString() {
    return "AggregationSecret(" + parameters.name() + ")";
  }
}
