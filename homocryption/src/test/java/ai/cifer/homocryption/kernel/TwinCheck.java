package ai.cifer.homocryption.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Runs the kernels of this JVM and the scalar ones on the same inputs and compares every bit.
///
/// Also a program, for a JVM of its own with other lanes: `TwinCheck LANES LOG_DEGREE…`.
public final class TwinCheck {
  static final int[] BITS = {30, 36, 40, 45, 47, 48, 49, 50};

  private TwinCheck() {}

  public static void main(String[] arguments) {
    int lanes = vector().lanes();
    if (lanes != Integer.parseInt(arguments[0])) {
      throw new IllegalStateException("lanes: " + lanes + " (expected: " + arguments[0] + ")");
    }
    int compared = 0;
    for (String logDegree : List.of(arguments).subList(1, arguments.length)) {
      for (int bits : BITS) {
        List<String> differences = compare(1 << Integer.parseInt(logDegree), bits);
        if (!differences.isEmpty()) {
          throw new IllegalStateException(differences.toString());
        }
        compared++;
      }
    }
    System.out.println("equal: " + compared);
  }

  /// The vector kernels themselves, without the scalar ones in their stead while they are cold.
  public static KernelProvider vector() {
    return VectorKernels.provider(false);
  }

  /// What differs, or is not a centred residue, or is not undone by the inverse.
  static List<String> compare(int degree, int bits) {
    long prime = Tables.prime(bits, degree);
    NttTables tables = Tables.of(prime, degree);
    PrimeKernel chosen = vector().prime(tables);
    PrimeKernel scalar = KernelProvider.scalar().prime(tables);
    List<String> differences = new ArrayList<>();
    double[] other = random(degree, prime, 7);
    inputs(degree, prime)
        .forEach((name, input) -> {
          String where = degree + "/" + bits + "/" + name + "/";
          operations(input, other)
              .forEach((operation, run) -> {
                double[] a = run.on(chosen);
                if (!sameBits(a, run.on(scalar))) {
                  differences.add(where + operation);
                }
                if (!centred(a, prime)) {
                  differences.add(where + operation + " is not centred");
                }
              });
          double[] there = input.clone();
          chosen.forward(there);
          chosen.inverse(there);
          if (!sameBits(there, input)) {
            differences.add(where + "not undone");
          }
        });
    return differences;
  }

  /// Something that a kernel computes.
  interface Operation {
    double[] on(PrimeKernel kernel);
  }

  private static Map<String, double[]> inputs(int degree, long prime) {
    double half = (prime - 1) / 2.0;
    double[] upper = new double[degree];
    double[] lower = new double[degree];
    double[] alternating = new double[degree];
    double[] one = new double[degree];
    Arrays.fill(upper, half);
    Arrays.fill(lower, -half);
    Arrays.setAll(alternating, i -> i % 2 == 0 ? half : -half);
    one[degree - 1] = 1;
    Map<String, double[]> inputs = new LinkedHashMap<>();
    inputs.put("random", random(degree, prime, degree));
    inputs.put("upper", upper);
    inputs.put("lower", lower);
    inputs.put("alternating", alternating);
    inputs.put("one", one);
    inputs.put("zero", new double[degree]);
    return inputs;
  }

  private static Map<String, Operation> operations(double[] a, double[] b) {
    double constant = b[1];
    int[] positions = new int[a.length];
    Arrays.setAll(positions, i -> (5 * i + 3) & (a.length - 1));
    double[] wide = new double[a.length];
    Arrays.setAll(wide, i -> a[i] + b[i]);
    Map<String, Operation> operations = new LinkedHashMap<>();
    operations.put("forward", kernel -> inPlace(a, kernel::forward));
    operations.put("inverse", kernel -> inPlace(a, kernel::inverse));
    operations.put("reduce", kernel -> inPlace(wide, x -> kernel.reduce(x, x)));
    operations.put("add", kernel -> inPlace(a, x -> kernel.add(x, b, x)));
    operations.put("subtract", kernel -> inPlace(a, x -> kernel.subtract(b, x, x)));
    operations.put("negate", kernel -> inPlace(a, x -> kernel.negate(x, x)));
    operations.put("multiply", kernel -> inPlace(a, x -> kernel.multiply(x, b, x)));
    operations.put("multiplyAdd", kernel -> inPlace(a, x -> kernel.multiplyAdd(x, b, x)));
    operations.put("scale", kernel -> inPlace(a, x -> kernel.multiply(x, constant, x)));
    operations.put("scaleAdd", kernel -> inPlace(b, x -> kernel.multiplyAdd(a, constant, x)));
    operations.put("permute", kernel -> inPlace(b, x -> kernel.permute(a, positions, x)));
    return operations;
  }

  private interface InPlace {
    void on(double[] a);
  }

  private static double[] inPlace(double[] a, InPlace operation) {
    double[] copy = a.clone();
    operation.on(copy);
    return copy;
  }

  static double[] random(int degree, long prime, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    double[] a = new double[degree];
    Arrays.setAll(a, i -> (double) random.nextLong(-(prime / 2), prime / 2 + 1));
    return a;
  }

  private static boolean centred(double[] a, long prime) {
    double half = (prime - 1) / 2.0;
    return Arrays.stream(a).allMatch(x -> Math.abs(x) <= half && x == Math.rint(x));
  }

  /// Equal bits, and no negative zero.
  private static boolean sameBits(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      long bits = Double.doubleToRawLongBits(a[i]);
      if (bits != Double.doubleToRawLongBits(b[i]) || bits == Long.MIN_VALUE) {
        return false;
      }
    }
    return true;
  }
}
