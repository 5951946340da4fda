package ai.cifer.homocryption.kernel;

/// Provider of the scalar kernels.
final class ScalarKernels implements KernelProvider {
  static final KernelProvider PROVIDER = new ScalarKernels();

  private ScalarKernels() {}

  @Override
  public PrimeKernel prime(NttTables tables) {
    return new ScalarKernel(tables);
  }

  @Override
  public MaskingKernel masking() {
    return new ScalarMasking();
  }

  @Override
  public int lanes() {
    return 1;
  }
}
