package ai.cifer.homocryption.aggregation;

import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/// Has the JVM compile the aggregation scheme in the background, on dummy data, while a process
/// connects or trains.
///
/// Without it, a cold JVM computes the first million values of an update with interpreted AES,
/// about ten times slower than later ones; the results are the same. AES and SHA-256 cost a quarter
/// of a second, worth its while from [#WORTHWHILE_VALUES] on. The vector kernels cost 2 to 3 s of
/// processor time: from [#KERNELS_VALUES] on they are compiled ahead, below that when the scalar
/// ones have worked about as long as that.
public final class AggregationWarmUp {
  /// Values of an update from which the warm-up pays.
  static final long WORTHWHILE_VALUES = 1 << 20;

  /// Values of an update from which the vector kernels pay within two updates: scalar code takes
  /// some 15 ns a value longer.
  private static final long KERNELS_VALUES = 1 << 26;

  /// The JVM replaces AES and SHA-256 by instructions where their callers are compiled, and it
  /// compiles what is called some ten thousand times: many short calls do it sooner than long ones.
  private static final int CALLS = 20_000;

  private static final int SHORT = 64;
  private static final int BLOCKS = 50;

  private static final AtomicBoolean STARTED = new AtomicBoolean();

  private AggregationWarmUp() {}

  /// Starts the warm-up if it was not started in this process, and returns at once.
  ///
  /// @param parameters those of the round to come
  /// @param values of an update
  public static void start(AggregationParameters parameters, long values) {
    if (values >= WORTHWHILE_VALUES && STARTED.compareAndSet(false, true)) {
      if (values >= KERNELS_VALUES) {
        KernelProvider.chosen().startAggregationWarmUp();
      }
      Thread.ofPlatform().daemon().name("cifer-aggregation-warm-up").start(() -> run(parameters));
    }
  }

  private static void run(AggregationParameters parameters) {
    streams();
    blocks(parameters, BLOCKS);
  }

  /// Takes dummy blocks through the whole scheme.
  static void blocks(AggregationParameters parameters, int blocks) {
    byte[] seed = new byte[AggregationParameters.SEED_BYTES];
    int[] secrets = new int[parameters.degree()];
    int[] slots = new int[parameters.valuesPerBlock()];
    long[] slotSums = new long[slots.length];
    float[] values = new float[slots.length];
    float[] clip = new float[slots.length];
    Arrays.fill(clip, 1);
    ByteBuffer block = ByteBuffer.allocate(parameters.blockBytes() + BlockMasker.SLACK);
    BlockSum sum = new BlockSum(parameters);
    try (var quantiser = new Quantiser(parameters, seed, 1, 1);
        var secret = AggregationSecret.fromSeeds(parameters, seed, seed);
        var masker = new BlockMasker(parameters, seed, secret)) {
      secret.copyCoefficients(secrets);
      var opener = new BlockOpener(parameters, seed, secrets, 1);
      var dequantiser = new Dequantiser(parameters, 1, 1);
      for (int k = 0; k < blocks; k++) {
        int count = parameters.capacity(k);
        quantiser.quantise(k, values, clip, count, slots);
        masker.mask(k, slots, block.clear());
        sum.clear();
        sum.add(block.flip());
        opener.open(k, sum, slotSums);
        if (k == 0) {
          dequantiser.begin(slotSums);
        }
        dequantiser.dequantise(k, slotSums, clip, count, values);
      }
    }
  }

  private static void streams() {
    byte[] bytes = new byte[SHORT];
    try (var stream = new AesCtrStream(new byte[AggregationParameters.SEED_BYTES])) {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (int i = 0; i < CALLS; i++) {
        stream.start(Purpose.UNIFORM, 0, i);
        stream.read(bytes, SHORT);
        sha.update(bytes, 0, SHORT);
        sha.digest();
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
