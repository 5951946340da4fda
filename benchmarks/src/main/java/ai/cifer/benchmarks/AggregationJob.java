package ai.cifer.benchmarks;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.aggregation.AggregationSecret;
import ai.cifer.homocryption.aggregation.BlockMasker;
import ai.cifer.homocryption.aggregation.BlockOpener;
import ai.cifer.homocryption.aggregation.BlockSum;
import ai.cifer.homocryption.aggregation.Dequantiser;
import ai.cifer.homocryption.aggregation.Quantiser;
import ai.cifer.homocryption.aggregation.SlotSum;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Our half of `benchmarks/peers/aggregation`: reads a step a line, answers with the milliseconds
/// of processor time that it took.
///
/// `first` and `client` mask an update of a million values into bytes (`client` also answers their
/// number), `fold` adds the last bytes to the sum, `open` opens it and counts wrong sums, `clear`
/// begins anew, `warm` works until the code is compiled.
public final class AggregationJob {
  private static final int PARAMETERS = 1_000_000;
  private static final int WARM_UPS = 400;
  private static final int WEIGHT_CAP = 1000;
  private static final AggregationParameters ROW = AggregationParameters.K2_N256;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final int blocks = (int) ROW.blocksFor(PARAMETERS);
  private final SecureRandom random = new SecureRandom();
  private final SplittableRandom values = new SplittableRandom(7);
  private final byte[] publicSeed = new byte[AggregationParameters.SEED_BYTES];
  private final float[] update = new float[blocks * ROW.valuesPerBlock()];
  private final float[] part = new float[ROW.valuesPerBlock()];
  private final float[] clip = new float[ROW.valuesPerBlock()];
  private final int[] slots = new int[ROW.valuesPerBlock()];
  private final byte[] masked = new byte[blocks * ROW.blockBytes() + BlockMasker.SLACK];
  private final int[] coefficients = new int[ROW.degree()];
  private final int[] sumOfSecrets = new int[ROW.degree()];
  private final BlockSum[] sums = new BlockSum[blocks];
  private final SlotSum[] plainSums = new SlotSum[blocks];
  private byte[] roundingSeed = new byte[AggregationParameters.SEED_BYTES];

  private AggregationJob() {
    Arrays.setAll(sums, k -> new BlockSum(ROW));
    Arrays.setAll(plainSums, k -> new SlotSum(ROW));
    Arrays.fill(clip, 0.1f);
  }

  public static void main(String[] arguments) throws IOException {
    var job = new AggregationJob();
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(job.answer(line));
    }
  }

  private String answer(String step) {
    switch (step) {
      case "warm" -> {
        for (int i = 0; i < WARM_UPS; i++) {
          drawUpdate();
          timed(this::client);
          timed(this::fold);
          timed(this::open);
          clear();
        }
        return "0";
      }
      case "clear" -> {
        clear();
        return "0";
      }
      case "first" -> {
        drawUpdate();
        return Double.toString(timed(this::client));
      }
      case "client" -> {
        drawUpdate();
        return timed(this::client) + " " + (long) blocks * ROW.blockBytes();
      }
      case "fold" -> {
        double spent = timed(this::fold);
        addPlain();
        return Double.toString(spent);
      }
      case "open" -> {
        return timed(this::open) + " " + wrongSums();
      }
      default -> throw new IllegalArgumentException("step: " + step);
    }
  }

  private static double timed(Runnable work) {
    long start = THREADS.getCurrentThreadCpuTime();
    work.run();
    return (THREADS.getCurrentThreadCpuTime() - start) / 1e6;
  }

  private void drawUpdate() {
    for (int i = 0; i < PARAMETERS; i++) {
      update[i] = (float) values.nextDouble(-0.1, 0.1);
    }
    roundingSeed = new byte[AggregationParameters.SEED_BYTES];
    random.nextBytes(roundingSeed);
  }

  private int count(int block, int from) {
    return Math.min(ROW.capacity(block), PARAMETERS - from);
  }

  private void client() {
    ByteBuffer out = ByteBuffer.wrap(masked);
    try (var quantiser = new Quantiser(ROW, roundingSeed, WEIGHT_CAP, WEIGHT_CAP);
        var secret = AggregationSecret.generate(ROW, random);
        var masker = new BlockMasker(ROW, publicSeed, secret)) {
      for (int k = 0, from = 0; k < blocks; from += count(k, from), k++) {
        System.arraycopy(update, from, part, 0, count(k, from));
        quantiser.quantise(k, part, clip, count(k, from), slots);
        masker.mask(k, slots, out);
      }
      secret.copyCoefficients(coefficients);
    }
  }

  private void fold() {
    ByteBuffer in = ByteBuffer.wrap(masked);
    for (BlockSum sum : sums) {
      sum.add(in);
    }
    for (int j = 0; j < coefficients.length; j++) {
      sumOfSecrets[j] += coefficients[j];
    }
  }

  /// The sum in the open, to compare with.
  private void addPlain() {
    try (var quantiser = new Quantiser(ROW, roundingSeed, WEIGHT_CAP, WEIGHT_CAP)) {
      for (int k = 0, from = 0; k < blocks; from += count(k, from), k++) {
        System.arraycopy(update, from, part, 0, count(k, from));
        quantiser.quantise(k, part, clip, count(k, from), slots);
        plainSums[k].add(slots);
      }
    }
  }

  private void open() {
    int clients = sums[0].count();
    var opener = new BlockOpener(ROW, publicSeed, sumOfSecrets, clients);
    var dequantiser = new Dequantiser(ROW, clients, WEIGHT_CAP);
    long[] slotSums = new long[ROW.valuesPerBlock()];
    for (int k = 0, from = 0; k < blocks; from += count(k, from), k++) {
      opener.open(k, sums[k], slotSums);
      if (k == 0) {
        dequantiser.begin(slotSums);
      }
      dequantiser.dequantise(k, slotSums, clip, count(k, from), part);
    }
  }

  private long wrongSums() {
    var opener = new BlockOpener(ROW, publicSeed, sumOfSecrets, sums[0].count());
    long[] opened = new long[ROW.valuesPerBlock()];
    long[] expected = new long[ROW.valuesPerBlock()];
    long wrong = 0;
    for (int k = 0; k < blocks; k++) {
      opener.open(k, sums[k], opened);
      plainSums[k].copySums(expected);
      for (int j = 0; j < opened.length; j++) {
        wrong += opened[j] == expected[j] ? 0 : 1;
      }
    }
    return wrong;
  }

  private void clear() {
    Arrays.fill(sumOfSecrets, 0);
    for (int k = 0; k < blocks; k++) {
      sums[k].clear();
      plainSums[k].clear();
    }
  }
}
