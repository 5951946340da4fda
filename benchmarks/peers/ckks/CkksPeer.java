import ai.cifer.homocryption.ckks.CkksKeys;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.kernel.KernelProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The Java side of compare.py: reads one job a line, does it for so many milliseconds, and prints
/// the microseconds of thread CPU time of each run.
///
///     java --add-modules jdk.incubator.vector -cp CLASSES CkksPeer.java LOG_N BASE_BITS DEPTH
///         SPECIAL_PRIMES SPECIAL_BITS
///     encode|decode|encrypt|…  MILLIS    → times
final class CkksPeer {
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int[] sizes = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    var parameters =
        CkksParameters.builder()
            .name("set")
            .logDegree(sizes[0])
            .basePrimes(1, sizes[1])
            .scalePrimeBits(40)
            .depth(sizes[2])
            .specialPrimes(sizes[3], sizes[4])
            .build();
    int[] steps = {1, 2, 3, 4, 5, 6, 7, 8};
    var threads = ManagementFactory.getThreadMXBean();
    try (var keys = CkksKeys.generate(parameters, List.of(1, 2, 3, 4, 5, 6, 7, 8))) {
      KernelProvider.chosen().awaitWarmUp();
      double[] values = new double[parameters.slots()];
      Arrays.setAll(values, j -> Math.sin(j + 1));
      var encoder = keys.encoder();
      var encryptor = keys.encryptor();
      var decryptor = keys.decryptor();
      var evaluator = keys.evaluator();
      var plain = encoder.encode(values);
      var a = encryptor.encrypt(plain);
      var b = encryptor.encrypt(plain);
      Map<String, Runnable> jobs =
          Map.ofEntries(
              entry("encode", () -> encoder.encode(values)),
              entry("decode", () -> encoder.decode(plain)),
              entry("encrypt", () -> encryptor.encrypt(plain)),
              entry("seeded", () -> encryptor.encryptSeeded(plain)),
              entry("decrypt", () -> decryptor.decrypt(a)),
              entry("open", () -> encoder.decode(decryptor.decrypt(a))),
              entry("multiply", () -> evaluator.multiply(a, b)),
              entry(
                  "product",
                  () -> evaluator.rescale(evaluator.relinearize(evaluator.multiply(a, b)))),
              entry("rotate", () -> evaluator.rotate(a, 1)),
              entry(
                  "rotate8",
                  () -> {
                    for (int step : steps) {
                      evaluator.rotate(a, step);
                    }
                  }),
              entry("hoisted8", () -> evaluator.rotations(a, steps)));
      System.out.println(
          "%d bits, depth %d, %d digits, %d lanes"
              .formatted(
                  parameters.totalBits(),
                  parameters.depth(),
                  parameters.digits(),
                  KernelProvider.chosen().lanes()));
      var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] job = line.split(" ");
        Runnable work = jobs.get(job[0]);
        long end = System.nanoTime() + 1_000_000L * Integer.parseInt(job[1]);
        var out = new StringBuilder();
        for (int runs = 0; runs < 3 || System.nanoTime() < end; runs++) {
          long start = threads.getCurrentThreadCpuTime();
          work.run();
          out.append((threads.getCurrentThreadCpuTime() - start) / 1e3).append(' ');
        }
        System.out.println(out);
      }
    }
  }

  private static Map.Entry<String, Runnable> entry(String job, Runnable work) {
    return Map.entry(job, work);
  }
}
