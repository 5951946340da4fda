package ai.cifer.training.trainer;

import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.natives.DjlNatives;
import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Utils;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Starts DJL's PyTorch engine once a process: on one thread, offline, and safely beside other
/// processes that start at the same moment.
///
/// One thread, because sums of floats depend on how they are divided among threads, and because two
/// OpenMP threads sometimes collapse twentyfold beside other processes.
final class PyTorchEngine {

  private static final String SUPPORTED = "Linux x86-64, macOS arm64, Windows x64";

  private static @Nullable Engine started;

  private PyTorchEngine() {}

  /// Readies the engine for the calling thread; PyTorch's gradient mode belongs to the thread.
  ///
  /// @throws TrainingException if the natives for this system are missing or do not load, or the
  ///   calling thread is virtual: moved to another carrier it would lose the gradient mode
  static synchronized Engine start() throws TrainingException {
    if (Thread.currentThread().isVirtual()) {
      throw new TrainingException(
          "PyTorch on a virtual thread (expected: a platform thread, whose gradient mode stays its"
              + " own)");
    }
    if (started == null) {
      started = load();
    }
    JniUtils.setNumThreads(1);
    JniUtils.setGradMode(false);
    return started;
  }

  /// Starts the engine and opens what holds its arrays: on a GPU where the natives on the class
  /// path know CUDA and there is one, else on the CPU. Those that a build adds by itself are for
  /// the CPU.
  ///
  /// @throws TrainingException as [#start()]
  static NDManager newManager() throws TrainingException {
    Engine engine = start();
    boolean gpu = engine.hasCapability(StandardCapabilities.CUDA) && engine.getGpuCount() > 0;
    return engine.newBaseManager(gpu ? Device.gpu() : Device.cpu());
  }

  private static Engine load() throws TrainingException {
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    requireNatives();
    try {
      return DjlNatives.load("pytorch", () -> Engine.getEngine("PyTorch"));
    } catch (IOException failure) {
      throw new TrainingException(
          "PyTorch's natives cannot be unpacked: %s (set DJL_CACHE_DIR to a folder that can be written)"
              .formatted(failure),
          failure);
    } catch (EngineException | LinkageError | AssertionError failure) {
      throw new TrainingException(
          "PyTorch does not start on %s: %s (supported: %s)"
              .formatted(system(), rootMessage(failure), SUPPORTED),
          failure);
    }
  }

  /// DJL would try to download natives that the class path lacks.
  private static void requireNatives() throws TrainingException {
    boolean placed = Utils.getEnvOrSystemProperty("PYTORCH_LIBRARY_PATH") != null;
    ClassLoader loader = PyTorchEngine.class.getClassLoader();
    boolean torch = placed || loader.getResource("native/lib/pytorch.properties") != null;
    boolean jni = loader.getResource("jnilib/pytorch.properties") != null;
    if (!torch || !jni) {
      throw new TrainingException(
          "no PyTorch for %s in this build (supported: %s)".formatted(system(), SUPPORTED));
    }
  }

  private static String system() {
    return System.getProperty("os.name") + " " + System.getProperty("os.arch");
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
