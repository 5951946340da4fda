package ai.cifer.homocryption.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Which kernels a JVM gets, in JVMs that are really so.
class KernelProviderTest {
  private static final String VECTOR_API = "--add-modules=jdk.incubator.vector";
  private static final String WORKS = "undone: true\nfolded: true\n";
  private static final String CURE = "start java with --add-modules jdk.incubator.vector";

  @Test
  void withoutTheModuleTheScalarKernelsServeAndTheCureIsLoggedOnce() throws Exception {
    var result = ChildJvm.run(List.of(), FallbackCheck.class);
    assertThat(result.exitCode()).isZero();
    assertThat(result.output()).contains(WORKS + "lanes: 1").containsOnlyOnce(CURE);
  }

  @Test
  void withTheModuleTheVectorKernelsServe() throws Exception {
    var result = ChildJvm.run(List.of(VECTOR_API), FallbackCheck.class);
    assertThat(result.exitCode()).isZero();
    assertThat(result.output())
        .contains(WORKS + "lanes: " + TwinCheck.vector().lanes())
        .doesNotContain(CURE);
  }

  /// Vector code that no optimising compiler sees is a hundred times slower than scalar code.
  @Test
  void withoutTheOptimisingCompilerTheScalarKernelsServe() throws Exception {
    for (String mode : List.of("-Xint", "-XX:TieredStopAtLevel=1")) {
      var result = ChildJvm.run(List.of(VECTOR_API, mode), FallbackCheck.class);
      assertThat(result.output()).contains(WORKS + "lanes: 1").doesNotContain(CURE);
    }
  }

  @Test
  void lanesThatTheModuleWouldNeedAreRefusedWithoutIt() throws Exception {
    String lanes = "-D" + KernelProvider.LANES_PROPERTY + "=4";
    var result = ChildJvm.run(List.of(lanes), FallbackCheck.class);
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output())
        .contains(KernelProvider.LANES_PROPERTY + ": 4 (expected: 1, or java --add-modules");
  }

  @Tag("slow")
  @Test
  void everyKindOfKernelEndsAsVectorCode() throws Exception {
    var result = ChildJvm.run(List.of(VECTOR_API), WarmUpCheck.class);
    assertThat(result.output()).contains("[MASKING, OPENING, TRANSFORMS, CKKS]");
  }

  @Test
  void compiledKernelsAllocateNothing() throws Exception {
    var result = ChildJvm.run(List.of(VECTOR_API), AllocationCheck.class);
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output().lines().filter(line -> line.contains("/")))
        .hasSize(16)
        .allMatch(line -> line.endsWith(": 0"));
  }
}
