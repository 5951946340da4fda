package ai.cifer.homocryption.bench;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.AggregationSecret;
import ai.cifer.homocryption.aggregation.BlockMasker;
import ai.cifer.homocryption.aggregation.BlockOpener;
import ai.cifer.homocryption.aggregation.BlockSum;
import ai.cifer.homocryption.aggregation.Dequantiser;
import ai.cifer.homocryption.aggregation.Quantiser;
import ai.cifer.homocryption.kernel.KernelProvider;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;

/// Measures the aggregation scheme: the whole work of a client, of the coordinator for one client,
/// and of the opening, on an update of random values.
///
/// Every run draws a fresh secret, as a client does. Not thread-safe.
public final class AggregationBench {
  private static final int WEIGHT = 100;
  private static final int WEIGHT_CAP = 1000;
  private static final float CLIP = 0.1f;
  private static final int MIN_RUNS = 10;
  private static final int MAX_RUNS = 2000;

  private final AggregationParameters parameters;
  private final int values;
  private final int blocks;
  private final SecureRandom random = new SecureRandom();
  private final byte[] publicSeed = new byte[AggregationParameters.SEED_BYTES];
  private final float[] update;
  private final float[] clip;
  private final float[] mean;
  private final int[] slots;
  private final long[] slotSums;
  private final byte[] masked;
  private final BlockSum[] sums;
  private final MessageDigest sha;

  private AggregationBench(AggregationParameters parameters, int values) {
    this.parameters = parameters;
    this.values = values;
    blocks = Math.toIntExact(parameters.blocksFor(values));
    update = new float[values];
    clip = new float[parameters.valuesPerBlock()];
    mean = new float[parameters.valuesPerBlock()];
    slots = new int[parameters.valuesPerBlock()];
    slotSums = new long[parameters.valuesPerBlock()];
    masked = new byte[blocks * parameters.blockBytes() + BlockMasker.SLACK];
    sums = new BlockSum[blocks];
    Arrays.setAll(sums, k -> new BlockSum(parameters));
    Arrays.fill(clip, CLIP);
    for (int i = 0; i < values; i++) {
      update[i] = (random.nextFloat() - 0.5f) * 2 * CLIP;
    }
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Measures; takes about six times `each`, and up to some seconds before if the JVM is cold.
  ///
  /// @param values of an update, 1 to 2^24
  /// @param each how long each figure is measured
  /// @throws InterruptedException if the thread is interrupted while the kernels warm up
  public static AggregationFigures measure(
      AggregationParameters parameters, int values, Duration each) throws InterruptedException {
    if (values < 1 || values > 1 << 24) {
      throw new IllegalArgumentException("values: " + values + " (expected: 1 to 16777216)");
    }
    return new AggregationBench(parameters, values).measure(each);
  }

  private AggregationFigures measure(Duration each) throws InterruptedException {
    double first = millis(() -> client(false));
    long start = System.nanoTime();
    KernelProvider.chosen().awaitWarmUp();
    double warmUp = (System.nanoTime() - start) / 1e6;
    double perMillion = 1e6 / values;
    double client = perMillion * percentile(each, () -> client(false));
    double hashedClient = perMillion * percentile(each, () -> client(true));
    double fold = perMillion * percentile(each, () -> fold(false));
    double hashedFold = perMillion * percentile(each, () -> fold(true));
    int[] sumOfSecrets = client(false);
    clear();
    fold(false);
    var opener = new BlockOpener(parameters, publicSeed, sumOfSecrets, 1);
    double open = perMillion * percentile(each, () -> open(opener));
    return new AggregationFigures(
        parameters.name(),
        KernelProvider.chosen().lanes(),
        values,
        client,
        hashedClient,
        fold,
        hashedFold,
        open,
        (long) blocks * parameters.blockBytes(),
        first,
        warmUp);
  }

  /// Quantises and masks the update; returns the coefficients of the secret, for [#open].
  private int[] client(boolean hash) {
    ByteBuffer out = ByteBuffer.wrap(masked);
    int[] coefficients = new int[parameters.degree()];
    byte[] roundingSeed = new byte[AggregationParameters.SEED_BYTES];
    random.nextBytes(roundingSeed);
    float[] part = mean;
    try (var quantiser = new Quantiser(parameters, roundingSeed, WEIGHT, WEIGHT_CAP);
        var secret = AggregationSecret.generate(parameters, random);
        var masker = new BlockMasker(parameters, publicSeed, secret)) {
      for (int k = 0, from = 0; k < blocks; k++) {
        int count = Math.min(parameters.capacity(k), values - from);
        System.arraycopy(update, from, part, 0, count);
        from += count;
        quantiser.quantise(k, part, clip, count, slots);
        masker.mask(k, slots, out);
        if (hash) {
          hash(k);
        }
      }
      secret.copyCoefficients(coefficients);
    }
    return coefficients;
  }

  private void hash(int block) {
    sha.update((byte) 0);
    sha.update(masked, block * parameters.blockBytes(), parameters.blockBytes());
    sha.digest();
  }

  private void fold(boolean hash) {
    if (sums[0].count() == parameters.maxClients()) {
      clear();
    }
    ByteBuffer in = ByteBuffer.wrap(masked);
    for (int k = 0; k < blocks; k++) {
      if (hash) {
        hash(k);
      }
      sums[k].add(in);
    }
  }

  private void clear() {
    for (BlockSum sum : sums) {
      sum.clear();
    }
  }

  private void open(BlockOpener opener) {
    var dequantiser = new Dequantiser(parameters, 1, WEIGHT_CAP);
    for (int k = 0, from = 0; k < blocks; k++) {
      opener.open(k, sums[k], slotSums);
      if (k == 0) {
        dequantiser.begin(slotSums);
      }
      int count = Math.min(parameters.capacity(k), values - from);
      from += count;
      dequantiser.dequantise(k, slotSums, clip, count, mean);
    }
  }

  private static double millis(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }

  /// The 10th percentile, after as long again to compile.
  private static double percentile(Duration each, Runnable work) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < each.toNanos()) {
      work.run();
    }
    double[] runs = new double[MAX_RUNS];
    int count = 0;
    start = System.nanoTime();
    while (count < MIN_RUNS || (count < MAX_RUNS && System.nanoTime() - start < each.toNanos())) {
      runs[count++] = millis(work);
    }
    Arrays.sort(runs, 0, count);
    return runs[count / 10];
  }
}
