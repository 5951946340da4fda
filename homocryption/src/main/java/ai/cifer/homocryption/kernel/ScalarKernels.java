package ai.cifer.homocryption.kernel;

/// Provider of the scalar kernels.
final class ScalarKernels implements KernelProvider {
  static final KernelProvider PROVIDER = new ScalarKernels();

  private final MaskingKernel masking = new ScalarMasking();

  private ScalarKernels() {}

  @Override
  public PrimeKernel prime(NttTables tables) {
    return new ScalarKernel(tables);
  }

  @Override
  public MaskingKernel masking() {
    return masking;
  }

  @Override
  public FusedKernel fused(long prime) {
    return new ScalarFused(prime);
  }

  @Override
  public SpecialFft fft(SpecialFftTables tables) {
    return new ScalarFft(tables);
  }

  @Override
  public int lanes() {
    return 1;
  }
}
