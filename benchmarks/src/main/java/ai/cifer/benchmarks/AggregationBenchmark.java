package ai.cifer.benchmarks;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.AggregationSecret;
import ai.cifer.homocryption.aggregation.BlockMasker;
import ai.cifer.homocryption.aggregation.BlockOpener;
import ai.cifer.homocryption.aggregation.BlockSum;
import ai.cifer.homocryption.aggregation.Dequantiser;
import ai.cifer.homocryption.aggregation.Quantiser;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The aggregation pipeline, each step over a segment of 1 million parameters: a score of x ms is x
/// ns a parameter.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class AggregationBenchmark {
  private static final int PARAMETERS = 1_000_000;
  private static final int WEIGHT = 100;
  private static final int WEIGHT_CAP = 1000;

  /// Rows of the parameter table.
  @Param({"K2_N256"})
  public String row = "K2_N256";

  private AggregationParameters parameters = AggregationParameters.K2_N256;
  private int blocks;
  private byte[] seed = new byte[0];
  private float[] update = new float[0];
  private float[] clip = new float[0];
  private float[] mean = new float[0];
  private int[] slots = new int[0];
  private int[] sumOfSecrets = new int[0];
  private long[] slotSums = new long[0];
  private ByteBuffer block = ByteBuffer.allocate(0);
  private BlockSum sum = new BlockSum(parameters);
  private BlockSum one = new BlockSum(parameters);
  private Quantiser quantiser = new Quantiser(parameters, new byte[32], WEIGHT, WEIGHT_CAP);
  private Dequantiser dequantiser = new Dequantiser(parameters, 1, WEIGHT_CAP);
  private BlockOpener opener =
      new BlockOpener(parameters, new byte[32], new int[parameters.degree()], 1);

  /// Masks one block, to have bytes to fold and a sum to open.
  @Setup
  public void prepare() {
    parameters = AggregationParameters.named(row);
    blocks = (int) parameters.blocksFor(PARAMETERS);
    seed = new byte[AggregationParameters.SEED_BYTES];
    update = new float[parameters.valuesPerBlock()];
    clip = new float[parameters.valuesPerBlock()];
    mean = new float[parameters.valuesPerBlock()];
    slots = new int[parameters.valuesPerBlock()];
    slotSums = new long[parameters.valuesPerBlock()];
    sumOfSecrets = new int[parameters.degree()];
    block = ByteBuffer.allocate(parameters.blockBytes() + BlockMasker.SLACK);
    SplittableRandom values = new SplittableRandom(1);
    Arrays.fill(clip, 0.1f);
    for (int i = 0; i < update.length; i++) {
      update[i] = (float) values.nextDouble(-0.1, 0.1);
    }
    quantiser = new Quantiser(parameters, new byte[32], WEIGHT, WEIGHT_CAP);
    quantiser.quantise(0, update, clip, parameters.capacity(0), slots);
    try (var secret = AggregationSecret.generate(parameters, new SecureRandom());
        var masker = new BlockMasker(parameters, seed, secret)) {
      masker.mask(0, slots, block);
      secret.copyCoefficients(sumOfSecrets);
    }
    block.flip();
    sum = new BlockSum(parameters);
    one = new BlockSum(parameters);
    one.add(block.rewind());
    opener = new BlockOpener(parameters, seed, sumOfSecrets, 1);
    opener.open(0, one, slotSums);
    dequantiser = new Dequantiser(parameters, 1, WEIGHT_CAP);
    dequantiser.begin(slotSums);
  }

  /// Starts every iteration with an empty sum.
  @Setup(Level.Iteration)
  public void clear() {
    sum.clear();
  }

  /// Forgets the rounding seed.
  @TearDown
  public void close() {
    quantiser.close();
  }

  /// Client: float update to slot values.
  @Benchmark
  public int[] quantise() {
    for (int k = 0; k < blocks; k++) {
      quantiser.quantise(0, update, clip, parameters.capacity(0), slots);
    }
    return slots;
  }

  /// Client: slot values to masked bytes, with a fresh secret (drawn in the time measured).
  @Benchmark
  public ByteBuffer mask() {
    ByteBuffer out = block.duplicate();
    try (var secret = AggregationSecret.generate(parameters, new SecureRandom());
        var masker = new BlockMasker(parameters, seed, secret)) {
      for (int k = 0; k < blocks; k++) {
        masker.mask(k, slots, out.clear());
      }
    }
    return out;
  }

  /// Coordinator: one client's blocks into the sum.
  @Benchmark
  public BlockSum fold() {
    for (int k = 0; k < blocks; k++) {
      if (sum.count() == parameters.maxClients()) {
        sum.clear();
      }
      sum.add(block.rewind());
    }
    return sum;
  }

  /// Coordinator: masked sums to slot sums, once a round.
  @Benchmark
  public long[] open() {
    for (int k = 0; k < blocks; k++) {
      opener.open(0, one, slotSums);
    }
    return slotSums;
  }

  /// Coordinator: slot sums to means, once a round.
  @Benchmark
  public float[] dequantise() {
    for (int k = 0; k < blocks; k++) {
      dequantiser.dequantise(0, slotSums, clip, parameters.capacity(0), mean);
    }
    return mean;
  }
}
