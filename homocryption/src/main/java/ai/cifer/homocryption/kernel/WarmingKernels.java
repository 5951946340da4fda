package ai.cifer.homocryption.kernel;

import ai.cifer.homocryption.kernel.WarmUp.Kind;
import java.util.EnumSet;

/// Provider of kernels that compute with the scalar twin until the vector one is compiled; see
/// [WarmUp].
final class WarmingKernels implements KernelProvider {
  private final KernelProvider vector;
  private final WarmUp warmUp;
  private final MaskingKernel masking;

  WarmingKernels(KernelProvider vector, WarmUp warmUp) {
    this.vector = vector;
    this.warmUp = warmUp;
    this.masking = new WarmingMasking(new ScalarMasking(), vector.masking(), warmUp);
  }

  @Override
  public PrimeKernel prime(NttTables tables) {
    return new WarmingKernel(new ScalarKernel(tables), vector.prime(tables), warmUp);
  }

  @Override
  public MaskingKernel masking() {
    return masking;
  }

  @Override
  public FusedKernel fused(long prime) {
    return new WarmingFused(new ScalarFused(prime), vector.fused(prime), warmUp);
  }

  @Override
  public SpecialFft fft(SpecialFftTables tables) {
    return new WarmingFft(new ScalarFft(tables), vector.fft(tables), warmUp);
  }

  @Override
  public int lanes() {
    return vector.lanes();
  }

  WarmUp warmUp() {
    return warmUp;
  }

  @Override
  public void startAggregationWarmUp() {
    warmUp.start(EnumSet.of(Kind.MASKING, Kind.OPENING));
  }

  @Override
  public void awaitWarmUp() throws InterruptedException {
    warmUp.await();
  }
}
