package ai.cifer.homocryption.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;

/// Makes kernels: vector kernels where the JVM offers the Vector API, else their scalar twins.
///
/// The choice is made once. It never shows in a result, only in the time.
public interface KernelProvider {
  /// System property that forces the lanes: 1 (scalar), 2, 4 or 8. For tests and measurements.
  String LANES_PROPERTY = "ai.cifer.homocryption.lanes";

  /// The kernel of one prime and degree.
  PrimeKernel prime(NttTables tables);

  /// The kernel of the aggregation scheme. With 128-bit vectors it is the scalar one: packed
  /// residues need groups of whole bytes, and two residues have 12.5.
  MaskingKernel masking();

  /// Doubles that one instruction works on; 1 for the scalar kernels.
  int lanes();

  /// The provider of this JVM.
  static KernelProvider chosen() {
    return Choice.PROVIDER;
  }

  /// The scalar kernels.
  static KernelProvider scalar() {
    return ScalarKernels.PROVIDER;
  }

  /// Holds the choice, so that it is made at first use.
  final class Choice {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String VECTOR_KERNELS = "ai.cifer.homocryption.kernel.VectorKernels";
    private static final Logger LOG = System.getLogger(KernelProvider.class.getName());
    private static final KernelProvider PROVIDER = choose();

    private Choice() {}

    // By name, because a class that mentions a vector type cannot even be linked where the module
    // is absent.
    private static KernelProvider choose() {
      int lanes = Integer.getInteger(LANES_PROPERTY, 0);
      if (lanes == 1) {
        return ScalarKernels.PROVIDER;
      }
      if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
        if (lanes != 0) {
          throw new IllegalStateException(
              LANES_PROPERTY
                  + ": "
                  + lanes
                  + " (expected: 1, or java --add-modules "
                  + VECTOR_MODULE
                  + ")");
        }
        LOG.log(
            Level.WARNING,
            "the Vector API is absent: encryption computes with scalar kernels, several times slower;"
                + " start java with --add-modules "
                + VECTOR_MODULE);
        return ScalarKernels.PROVIDER;
      }
      try {
        return (KernelProvider)
            Class.forName(VECTOR_KERNELS).getDeclaredMethod("provider").invoke(null);
      } catch (InvocationTargetException e) {
        throw new IllegalStateException(e.getCause());
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(VECTOR_KERNELS + ": missing from the jar", e);
      }
    }
  }
}
