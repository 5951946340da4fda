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
  public int lanes() {
    return 1;
  }
}
