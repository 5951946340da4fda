package ai.cifer.homocryption.bench;

import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.kernel.NttTables;
import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.ring.CyclotomicRing;
import java.time.Duration;
import java.util.Arrays;

/// Measures the number-theoretic transform, with the vector kernels and with their scalar twin in
/// the same run.
public final class NttBench {
  /// The largest prime of 49 bits that is 1 modulo 2^17, so that it serves every degree; 49 bits
  /// because that is what the published figures of other libraries are for.
  private static final long PRIME = 562949951979521L;

  private static final int BATCHES = 300;
  private static final int MIN_BATCHES = 20;

  private NttBench() {}

  /// Measures; takes about six times `each`, and up to some seconds before if the JVM is cold.
  ///
  /// @param degree a power of two, 1024 to 65536
  /// @param each how long each figure is measured
  /// @throws InterruptedException if the thread is interrupted while the kernels warm up
  public static NttFigures measure(int degree, Duration each) throws InterruptedException {
    if (Integer.bitCount(degree) != 1 || degree < 1024 || degree > 65536) {
      throw new IllegalArgumentException(
          "degree: " + degree + " (expected: a power of two, 1024 to 65536)");
    }
    NttTables tables = CyclotomicRing.tables(degree, PRIME);
    KernelProvider chosen = KernelProvider.chosen();
    chosen.awaitWarmUp();
    PrimeKernel kernel = chosen.prime(tables);
    PrimeKernel scalar = KernelProvider.scalar().prime(tables);
    double[] a = new double[degree];
    Arrays.setAll(a, j -> (double) ((j * 0x9E3779B97F4A7C15L) >> 16));
    kernel.reduce(a, a);
    double forward = percentile(each, () -> kernel.forward(a));
    double inverse = percentile(each, () -> kernel.inverse(a));
    boolean vectors = chosen.lanes() > 1;
    return new NttFigures(
        degree,
        chosen.lanes(),
        forward,
        inverse,
        vectors ? percentile(each, () -> scalar.forward(a)) : forward,
        vectors ? percentile(each, () -> scalar.inverse(a)) : inverse);
  }

  /// The 10th percentile of batches in microseconds a transform, after half as long to compile.
  private static double percentile(Duration each, Runnable work) {
    long start = System.nanoTime();
    int warm = 0;
    do {
      work.run();
      warm++;
    } while (System.nanoTime() - start < each.toNanos() / 2);
    int batch = Math.max(1, warm * 2 / BATCHES);
    double[] runs = new double[BATCHES];
    int count = 0;
    start = System.nanoTime();
    while (count < MIN_BATCHES || (count < BATCHES && System.nanoTime() - start < each.toNanos())) {
      long begin = System.nanoTime();
      for (int i = 0; i < batch; i++) {
        work.run();
      }
      runs[count++] = (System.nanoTime() - begin) / 1e3 / batch;
    }
    Arrays.sort(runs, 0, count);
    return runs[count / 10];
  }
}
