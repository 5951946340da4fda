package ai.cifer.homocryption.kernel;

/// Provider of the vector kernels; found by name, see [KernelProvider].
final class VectorKernels implements KernelProvider {
  private final MaskingKernel masking =
      VectorArithmetic.COUNT < 4 ? new ScalarMasking() : new VectorMasking();

  private VectorKernels() {}

  /// Called by name.
  static KernelProvider provider() {
    return VectorArithmetic.COUNT == 1 ? KernelProvider.scalar() : new VectorKernels();
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
  public int lanes() {
    return VectorArithmetic.COUNT;
  }
}
