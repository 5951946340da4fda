package ai.cifer.homocryption.kernel;

import ai.cifer.homocryption.kernel.WarmUp.Kind;
import ai.cifer.homocryption.kernel.WarmUp.Twins;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Provider of the vector kernels; found by name, see [KernelProvider].
final class VectorKernels implements KernelProvider {
  private final MaskingKernel masking =
      VectorArithmetic.COUNT < 4 ? new ScalarMasking() : new VectorMasking();

  private VectorKernels() {}

  /// Called by name.
  ///
  /// @param warming whether to compute with the scalar kernels until these are compiled
  static KernelProvider provider(boolean warming) {
    if (VectorArithmetic.COUNT == 1) {
      return KernelProvider.scalar();
    }
    var kernels = new VectorKernels();
    return warming ? new WarmingKernels(kernels, new WarmUp(kernels.twins())) : kernels;
  }

  @Override
  public PrimeKernel prime(NttTables tables) {
    return new VectorKernel(tables);
  }

  @Override
  public MaskingKernel masking() {
    return masking;
  }

  @Override
  public FusedKernel fused(long prime) {
    return new VectorFused(prime);
  }

  @Override
  public SpecialFft fft(SpecialFftTables tables) {
    return new VectorFft(tables);
  }

  @Override
  public int lanes() {
    return VectorArithmetic.COUNT;
  }

  private Map<Kind, List<Twins>> twins() {
    boolean isVector = masking instanceof VectorMasking;
    MaskingTwins aggregation = new MaskingTwins(new ScalarMasking(), masking);
    var tables = tables(WarmUp.SHORT_DEGREE, (1L << 50) - 1);
    PrimeKernel vector = prime(tables);
    PrimeKernel scalar = new ScalarKernel(tables);
    double[] a = new double[WarmUp.SHORT_DEGREE];
    Twins forward = new Twins("short forward", () -> vector.forward(a), () -> scalar.forward(a));
    Twins inverse = new Twins("short inverse", () -> vector.inverse(a), () -> scalar.inverse(a));
    return Map.of(
        Kind.MASKING,
        with(forward, isVector ? aggregation.masking() : List.of()),
        Kind.OPENING,
        with(inverse, isVector ? aggregation.opening() : List.of()),
        Kind.TRANSFORMS,
        transforms(),
        Kind.CKKS,
        new CkksTwins(this).all());
  }

  private static List<Twins> with(Twins first, List<Twins> others) {
    List<Twins> all = new ArrayList<>();
    all.add(first);
    all.addAll(others);
    return all;
  }

  /// Any numbers do: the time does not depend on them.
  private static NttTables tables(int degree, long modulus) {
    return new NttTables(modulus, degree, modulus / 3, modulus / 5, modulus / 7);
  }

  /// Work that reaches every vector method and every way through it: degrees with and without a
  /// radix-2 pass, within and beyond a local block, of primes with few and with many centrings.
  private List<Twins> transforms() {
    List<Twins> twins = new ArrayList<>();
    for (int degree : new int[] {256, 512, 8192, 16384}) {
      for (long modulus : new long[] {(1L << 50) - 1, (1L << 48) - 1}) {
        var tables = tables(degree, modulus);
        twins.add(transforms(degree, prime(tables), new ScalarKernel(tables)));
      }
    }
    return twins;
  }

  private static Twins transforms(int degree, PrimeKernel vector, PrimeKernel scalar) {
    double[] a = new double[degree];
    return new Twins("transforms of " + degree, () -> both(vector, a), () -> both(scalar, a));
  }

  private static void both(PrimeKernel kernel, double[] a) {
    kernel.forward(a);
    kernel.inverse(a);
  }
}
