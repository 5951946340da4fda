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
/// Without it, a cold JVM computes its first updates with scalar kernels and with interpreted AES,
/// about ten times slower than later ones; the results are the same. It costs seconds of processor
/// time, so it is worth its while from about a million values an update; whoever sends less than
/// [#WORTHWHILE_VALUES] should not start it.
public final class AggregationWarmUp {
  /// Values of an update from which the warm-up pays.
  public static final long WORTHWHILE_VALUES = 1 << 20;

  /// The JVM replaces AES and SHA-256 by instructions where their callers are compiled, and it
  /// compiles what is called some ten thousand times: many short calls do it sooner than long ones.
  private static final int CALLS = 20_000;

  private static final int SHORT = 64;
  private static final int BLOCKS = 200;

  private static final AtomicBoolean STARTED = new AtomicBoolean();

  private AggregationWarmUp() {}

  /// Starts the warm-up if it was not started in this process, and returns at once.
  ///
  /// @param parameters those of the round to come
  public static void start(AggregationParameters parameters) {
    if (STARTED.compareAndSet(false, true)) {
      KernelProvider.chosen().startWarmUp();
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
