package ai.cifer.homocryption.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/// How wide the vectors of [VectorMasking] are: as those of the transforms, but 256 bits instead of
/// 512 where the processor is not known to permute 64 bytes (AVX-512 VBMI, missing from the first
/// generations with AVX-512). There C2 would call Java code for each permutation.
final class MaskingLanes {
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  private MaskingLanes() {}

  static VectorSpecies<Double> species() {
    boolean forced = Integer.getInteger(KernelProvider.LANES_PROPERTY, 0) != 0;
    return VectorArithmetic.COUNT < 8 || forced || permutesBytes()
        ? VectorArithmetic.LANES
        : DoubleVector.SPECIES_256;
  }

  private static boolean permutesBytes() {
    if (!Files.isReadable(PROCESSOR)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(PROCESSOR)) {
      return lines.anyMatch(line -> line.startsWith("flags") && line.contains(" avx512vbmi "));
    } catch (IOException e) {
      return false;
    }
  }
}
