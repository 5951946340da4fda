package ai.cifer.homocryption.kernel;

/// The masking kernels of this JVM, see [KernelProvider].
public final class Kernels {
  private Kernels() {}

  /// The fastest masking kernel of this JVM.
  public static MaskingKernel masking() {
    return KernelProvider.chosen().masking();
  }

  /// The vector twin even before it is compiled, or the plain one where there is none: for tests.
  public static MaskingKernel vectorMasking() {
    return KernelProvider.vector().masking();
  }

  /// The plain twin.
  public static MaskingKernel scalarMasking() {
    return KernelProvider.scalar().masking();
  }
}
