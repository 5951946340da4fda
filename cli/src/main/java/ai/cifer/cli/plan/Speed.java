package ai.cifer.cli.plan;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.bench.AggregationBench;
import ai.cifer.homocryption.bench.AggregationFigures;
import ai.cifer.secagg.cipher.SumCipher;
import ai.cifer.secagg.cipher.SumScheme;
import ai.cifer.secagg.cipher.SumSecretKey;
import ai.cifer.secagg.codec.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How long the work of a mode takes on this machine in one thread: measured on the code that runs
/// in a round.
///
/// @param clientSeconds for a million values: quantise, encrypt, hash
/// @param foldSeconds for a million values of one client: check the hash, add
/// @param openSeconds for a million values: open the sum and decode it
record Speed(double clientSeconds, double foldSeconds, double openSeconds) {
  private static final int VALUES = 500_000;
  private static final Duration EACH = Duration.ofMillis(150);
  private static final int SUMMANDS = 3;

  /// Some blocks, so that compilation and tables do not count.
  private static final int RUNS = 4;

  /// The masked modes.
  static Speed ofMasks(AggregationParameters parameters) throws InterruptedException {
    AggregationFigures figures = AggregationBench.measure(parameters, VALUES, EACH);
    return new Speed(
        figures.hashedClientMillis() / 1e3,
        figures.hashedFoldMillis() / 1e3,
        figures.openMillis() / 1e3);
  }

  /// A mode with ciphertexts under a key holder's public key.
  static Speed of(SumScheme scheme, SumKey key, AggregationParameters parameters) {
    SumCipher cipher = scheme.cipher(parameters, key.bytes().toByteArray(), SumKey.OWNER);
    int[] slots = new int[parameters.valuesPerBlock()];
    Arrays.fill(slots, 1);
    List<byte[]> seeds = new ArrayList<>();
    List<byte[]> blocks = new ArrayList<>();
    double encrypt = Double.MAX_VALUE;
    for (int i = 0; i < SUMMANDS; i++) {
      byte[] seed = new byte[SumCipher.SEED_BYTES];
      Arrays.fill(seed, (byte) i);
      byte[] bytes = new byte[scheme.blockBytes(parameters)];
      encrypt = Math.min(encrypt, seconds(() -> cipher.encrypt(0, slots, seed, ordered(bytes))));
      seeds.add(seed);
      blocks.add(bytes);
    }
    SumCipher.Sum sum = cipher.sum();
    byte[] whole = new byte[scheme.blockBytes(parameters)];
    double fold = Double.MAX_VALUE;
    double open = Double.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      sum.clear();
      fold = Math.min(fold, seconds(() -> blocks.forEach(each -> sum.add(ordered(each)))));
      sum.write(ordered(whole));
      double opened = seconds(() -> key.secret().open(parameters, 0, ordered(whole), seeds));
      open = Math.min(open, opened);
    }
    double blocksPerMillion = 1e6 / parameters.valuesPerBlock();
    return new Speed(
        encrypt * blocksPerMillion, fold / SUMMANDS * blocksPerMillion, open * blocksPerMillion);
  }

  private static ByteBuffer ordered(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  /// A key holder's key, for its bytes and for measurements; it protects nothing.
  record SumKey(SumSecretKey secret, Bytes bytes) implements AutoCloseable {
    static final String OWNER = "plan";

    static SumKey of(SumScheme scheme) {
      SumSecretKey secret = scheme.generate(OWNER, new SecureRandom());
      return new SumKey(secret, Bytes.of(secret.publicBytes()));
    }

    @Override
    public void close() {
      secret.close();
    }

    /// The key is nobody's business.
    @Override
    public String toString() {
      return "SumKey";
    }
  }
}
