package ai.cifer.homocryption.kernel;

import ai.cifer.homocryption.kernel.WarmUp.Twins;
import java.util.List;
import java.util.function.Consumer;

/// Work for [WarmUp] that reaches every method of the fused passes and of the transform between
/// slots and coefficients. The data are dummies: neither time nor code depends on values.
final class CkksTwins {
  private static final int DEGREE = 8192;
  private static final long PRIME = (1L << 50) - 27;

  private final double[][] rows = new double[8][DEGREE];
  private final double[][] out = new double[3][DEGREE];
  private final double[] factors = {1, 2, 3, 4};
  private final FusedKernel vector;
  private final FusedKernel scalar = new ScalarFused(PRIME);
  private final KernelProvider provider;

  CkksTwins(KernelProvider provider) {
    this.provider = provider;
    this.vector = provider.fused(PRIME);
  }

  List<Twins> all() {
    return List.of(
        twins("scale", k -> k.subtractAndScale(rows[0], rows[1], 3, out[0])),
        twins("scale, add", k -> k.subtractScaleAndAdd(rows[0], rows[1], 3, rows[2], out[0])),
        twins("multiply, add", k -> k.multiplyAndAdd(rows[0], rows[1], rows[2], out[0])),
        twins("square", k -> k.square(rows[0], rows[1], out[0], out[1], out[2])),
        twins("tensor", k -> k.tensor(rows[0], rows[1], rows[2], rows[3], out[0], out[1], out[2])),
        twins("combine", k -> k.combine(rows, 4, factors, out[0])),
        innerProducts(5),
        innerProducts(6),
        innerProducts(7),
        innerProducts(8),
        transforms(4096),
        transforms(8192));
  }

  private Twins twins(String name, Consumer<FusedKernel> work) {
    return new Twins("CKKS: " + name, () -> work.accept(vector), () -> work.accept(scalar));
  }

  private Twins innerProducts(int digits) {
    return twins(
        "inner products of " + digits,
        k -> k.innerProducts(rows, rows, rows, digits, out[0], out[1]));
  }

  private Twins transforms(int slots) {
    var tables = new SpecialFftTables(slots);
    var fast = provider.fft(tables);
    var plain = new ScalarFft(tables);
    return new Twins("CKKS: slots " + slots, () -> both(fast), () -> both(plain));
  }

  private void both(SpecialFft fft) {
    double[] coefficients = new double[2 * fft.slots()];
    double[] real = new double[fft.slots()];
    double[] imaginary = new double[fft.slots()];
    fft.toCoefficients(real, imaginary, 1, coefficients);
    fft.toSlots(coefficients, 1, real, imaginary);
  }
}
