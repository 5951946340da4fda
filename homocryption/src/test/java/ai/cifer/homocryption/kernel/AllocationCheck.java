package ai.cifer.homocryption.kernel;

import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;

/// A program that says how many bytes each kind of compiled transform allocates: `AllocationCheck`.
public final class AllocationCheck {
  private static final int TRANSFORMS = 1000;
  private static final Counter ALLOCATED = Counter.find();

  private AllocationCheck() {}

  public static void main(String[] arguments) throws Exception {
    for (int degree : new int[] {1024, 16384}) {
      for (int bits : new int[] {45, 50}) {
        double[] a = new double[degree];
        double[] b = new double[degree];
        PrimeKernel kernel =
            TwinCheck.vector().prime(Tables.of(Tables.prime(bits, degree), degree));
        Map<String, Runnable> work = new LinkedHashMap<>();
        work.put("forward", () -> kernel.forward(a));
        work.put("inverse", () -> kernel.inverse(a));
        work.put("multiply", () -> kernel.multiply(a, b, a));
        work.put("multiplyAdd", () -> kernel.multiplyAdd(a, b, b));
        for (var each : work.entrySet()) {
          long least = least(each.getValue(), TRANSFORMS);
          System.out.println(each.getKey() + " " + degree + "/" + bits + ": " + least);
        }
      }
    }
  }

  /// The least bytes a call in some rounds of calls: the first ones may still meet code that is
  /// about to be compiled.
  public static long least(Runnable work, int calls) throws Exception {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 40 && least > 0; round++) {
      least = Math.min(least, allocated(work, calls) / calls);
    }
    return least;
  }

  private static long allocated(Runnable work, int calls) throws Exception {
    long before = (long) ALLOCATED.method.invoke(ALLOCATED.bean);
    for (int i = 0; i < calls; i++) {
      work.run();
    }
    return (long) ALLOCATED.method.invoke(ALLOCATED.bean) - before;
  }

  /// The bytes that this thread has allocated, by name: the module under test does not read the
  /// bean's. One call allocates some dozen bytes itself.
  private record Counter(Method method, Object bean) {
    static Counter find() {
      try {
        return new Counter(
            Class.forName("com.sun.management.ThreadMXBean")
                .getMethod("getCurrentThreadAllocatedBytes"),
            Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
