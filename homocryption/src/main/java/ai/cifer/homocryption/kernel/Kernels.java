package ai.cifer.homocryption.kernel;

import java.lang.reflect.InvocationTargetException;

/// Which kernels this JVM gets: those on the Vector API where its module is present and has at
/// least 256 bits, else the plain ones.
///
/// Nothing but the class that is loaded by name may touch the module.
public final class Kernels {
  private static final MaskingKernel MASKING = choose();

  private Kernels() {}

  /// The fastest masking kernel of this JVM.
  public static MaskingKernel masking() {
    return MASKING;
  }

  /// The plain twin.
  public static MaskingKernel scalarMasking() {
    return new ScalarMasking();
  }

  private static MaskingKernel choose() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return new ScalarMasking();
    }
    try {
      return Class.forName("ai.cifer.homocryption.kernel.VectorMasking")
          .asSubclass(MaskingKernel.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ClassNotFoundException
        | InstantiationException
        | IllegalAccessException
        | NoSuchMethodException
        | InvocationTargetException e) {
      throw new IllegalStateException("VectorMasking: cannot be made", e);
    }
  }
}
