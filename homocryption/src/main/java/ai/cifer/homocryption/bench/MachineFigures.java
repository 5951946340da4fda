package ai.cifer.homocryption.bench;

import ai.cifer.homocryption.kernel.KernelProvider;
import ai.cifer.homocryption.paillier.PaillierBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What the machine offers to encryption.
///
/// @param processor its name, or its architecture where the system does not tell
/// @param processors that this process may use
/// @param system name and architecture
/// @param java version
/// @param lanes doubles that one instruction works on; 1 for scalar code
/// @param vectors what that means, and if the vector kernels are absent, why and the cure
/// @param paillier who computes with large numbers, and if it is not the best, why and the cure
public record MachineFigures(
    String processor,
    int processors,
    String system,
    String java,
    int lanes,
    String vectors,
    String paillier) {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  /// Looks at this machine and this JVM.
  public static MachineFigures of() {
    int lanes = KernelProvider.chosen().lanes();
    return new MachineFigures(
        processorName(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        Runtime.version().toString(),
        lanes,
        vectorsOf(lanes),
        PaillierBackend.statement());
  }

  private static String vectorsOf(int lanes) {
    if (lanes > 1) {
      return "%d numbers in one instruction (%d-bit vectors)".formatted(lanes, lanes * Double.SIZE);
    }
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return "none: the Vector API is absent, encryption is several times slower;"
          + " start java with --add-modules jdk.incubator.vector";
    }
    if (Integer.getInteger(KernelProvider.LANES_PROPERTY, 0) == 1) {
      return "none: switched off by -D" + KernelProvider.LANES_PROPERTY + "=1";
    }
    return "none: this processor or JVM has no vectors of two doubles or more";
  }

  private static String processorName() {
    String architecture = System.getProperty("os.arch");
    if (!Files.isReadable(PROCESSORS)) {
      return architecture;
    }
    try (Stream<String> lines = Files.lines(PROCESSORS)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .filter(name -> !name.isEmpty())
          .findFirst()
          .orElse(architecture);
    } catch (IOException | java.io.UncheckedIOException unreadable) {
      return architecture;
    }
  }
}
