package ai.cifer.homocryption.bench;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksDecryptor;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksEncryptor;
import ai.cifer.homocryption.ckks.CkksEvaluator;
import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.CkksPlaintext;
import ai.cifer.homocryption.ckks.Preset;
import ai.cifer.homocryption.kernel.KernelProvider;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Measures the operations of CKKS under fresh keys.
public final class CkksBench {
  private static final int[] HOISTED = IntStream.rangeClosed(1, 8).toArray();
  private static final int MIN_RUNS = 5;
  private static final int MAX_RUNS = 5000;

  private CkksBench() {}

  /// Measures; takes about 18 times `each`, and up to some seconds before if the JVM is cold.
  ///
  /// @param each how long each figure is measured
  /// @throws InterruptedException if the thread is interrupted while the kernels warm up
  public static CkksFigures measure(Preset preset, Duration each) throws InterruptedException {
    CkksParameters parameters = CkksParameters.of(preset);
    List<Integer> rotations = IntStream.of(HOISTED).boxed().toList();
    try (CkksKeys keys = CkksKeys.generate(parameters, rotations)) {
      KernelProvider.chosen().awaitWarmUp();
      return measure(keys, each);
    }
  }

  private static CkksFigures measure(CkksKeys keys, Duration each) {
    CkksParameters parameters = keys.parameters();
    CkksEncoder encoder = keys.encoder();
    CkksEncryptor encryptor = keys.encryptor();
    CkksEvaluator evaluator = keys.evaluator();
    CkksDecryptor decryptor = keys.decryptor();
    double[] values = new double[parameters.slots()];
    Arrays.setAll(values, j -> Math.sin(j + 1));
    CkksPlaintext plain = encoder.encode(values);
    CkksCiphertext x = encryptor.encrypt(plain);
    CkksCiphertext y = encryptor.encrypt(plain);
    CkksCiphertext product = evaluator.multiply(x, y);
    CkksCiphertext relinearized = evaluator.relinearize(product);
    CkksPlaintext opened = decryptor.decrypt(x);
    double error =
        error(values, encoder.decode(decryptor.decrypt(evaluator.rescale(relinearized))));
    return new CkksFigures(
        parameters.name(),
        parameters.degree(),
        parameters.depth(),
        KernelProvider.chosen().lanes(),
        percentile(each, () -> encoder.encode(values)),
        percentile(each, () -> encryptor.encrypt(plain)),
        percentile(each, () -> encryptor.encryptSeeded(plain)),
        percentile(each, () -> evaluator.add(x, y)),
        percentile(each, () -> evaluator.multiply(x, plain)),
        percentile(each, () -> evaluator.multiply(x, y)),
        percentile(each, () -> evaluator.relinearize(product)),
        percentile(each, () -> evaluator.rescale(relinearized)),
        percentile(each, () -> evaluator.rotate(x, 1)),
        percentile(each, () -> evaluator.rotations(x, HOISTED)) / HOISTED.length,
        percentile(each, () -> decryptor.decrypt(x)),
        percentile(each, () -> encoder.decode(opened)),
        bytes(parameters),
        Math.log(error) / Math.log(2));
  }

  private static long bytes(CkksParameters parameters) {
    long bits = 0;
    for (int i = 0; i < parameters.primes(parameters.depth()); i++) {
      bits += Long.SIZE - Long.numberOfLeadingZeros(parameters.prime(i) - 1);
    }
    return 2 * bits * parameters.degree() / Byte.SIZE;
  }

  private static double error(double[] values, double[] squares) {
    double worst = 0;
    for (int j = 0; j < values.length; j++) {
      worst = Math.max(worst, Math.abs(squares[j] - values[j] * values[j]));
    }
    if (!(worst < 0x1p-10)) {
      throw new IllegalStateException(
          "square: error " + worst + " (expected: below 2^-10); report this machine");
    }
    return worst;
  }

  /// The 10th percentile in microseconds, after half as long to compile.
  private static double percentile(Duration each, Runnable work) {
    long start = System.nanoTime();
    do {
      work.run();
    } while (System.nanoTime() - start < each.toNanos() / 2);
    double[] runs = new double[MAX_RUNS];
    int count = 0;
    start = System.nanoTime();
    while (count < MIN_RUNS || (count < MAX_RUNS && System.nanoTime() - start < each.toNanos())) {
      long begin = System.nanoTime();
      work.run();
      runs[count++] = (System.nanoTime() - begin) / 1e3;
    }
    Arrays.sort(runs, 0, count);
    return runs[count / 10];
  }
}
