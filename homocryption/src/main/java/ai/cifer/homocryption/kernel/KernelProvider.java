package ai.cifer.homocryption.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;

/// Makes kernels: vector kernels where the JVM offers the Vector API, else their scalar twins.
///
/// The choice is made once; it never shows in a result, only in the time. Vector kernels stand in
/// for the scalar ones when they are compiled, see [WarmUp]; at once if the lanes are forced.
public interface KernelProvider {
  /// System property that forces the lanes: 1 (scalar), 2, 4 or 8. For tests and measurements.
  String LANES_PROPERTY = "ai.cifer.homocryption.lanes";

  /// The kernel of one prime and degree.
  PrimeKernel prime(NttTables tables);

  /// The kernel of the aggregation scheme. With 128-bit vectors it is the scalar one: packed
  /// residues need groups of whole bytes, and two residues have 12.5.
  MaskingKernel masking();

  /// The fused passes of one prime.
  FusedKernel fused(long prime);

  /// The transform between slots and coefficients.
  SpecialFft fft(SpecialFftTables tables);

  /// Doubles that one instruction works on; 1 for the scalar kernels.
  int lanes();

  /// Starts to compile the vector kernels of the aggregation scheme in the background, which else
  /// happens after some work.
  default void startAggregationWarmUp() {}

  /// Waits until all vector kernels are in use, a few seconds in a cold JVM.
  default void awaitWarmUp() throws InterruptedException {}

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
      if (lanes == 0 && !isOptimising(System.getProperty("java.vm.info", ""))) {
        LOG.log(Level.DEBUG, "no optimising compiler in this JVM: scalar kernels");
        return ScalarKernels.PROVIDER;
      }
      try {
        return (KernelProvider)
            Class.forName(VECTOR_KERNELS)
                .getDeclaredMethod("provider", boolean.class)
                .invoke(null, lanes == 0);
      } catch (InvocationTargetException e) {
        throw new IllegalStateException(e.getCause());
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(VECTOR_KERNELS + ": missing from the jar", e);
      }
    }

    /// Vector code that the optimising compiler never sees is very slow.
    private static boolean isOptimising(String info) {
      return !info.contains("interpreted") && !info.contains("emulated-client");
    }
  }
}
