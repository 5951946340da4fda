package ai.cifer.homocryption.kernel;

import java.util.Arrays;

/// A program that computes with whatever kernels this JVM offers and says what they are.
final class FallbackCheck {
  private FallbackCheck() {}

  public static void main(String[] arguments) {
    int degree = 1024;
    long prime = Tables.prime(50, degree);
    PrimeKernel kernel = KernelProvider.chosen().prime(Tables.of(prime, degree));
    KernelProvider.chosen().startAggregationWarmUp();
    double[] a = TwinCheck.random(degree, prime, 1);
    double[] b = a.clone();
    kernel.forward(b);
    kernel.inverse(b);
    long[] sum = new long[8];
    byte[] packed = new byte[50 + MaskingKernel.PADDING];
    packed[0] = 7;
    boolean canonical = KernelProvider.chosen().masking().fold(packed, 0, prime, sum, 0, 8);
    System.out.println("undone: " + Arrays.equals(a, b));
    System.out.println("folded: " + (canonical && sum[0] == 7));
    System.out.println("lanes: " + KernelProvider.chosen().lanes());
  }
}
