package ai.cifer.homocryption.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.kernel.ChildJvm;
import ai.cifer.homocryption.kernel.TwinCheck;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The whole scheme on vector kernels, in JVMs of their own: in the tests' JVM the scalar kernels
/// serve until the vector ones are compiled.
class SchemeLanesTest {
  private static final String VECTOR_API = "--add-modules=jdk.incubator.vector";
  private static final String LANES = "-Dai.cifer.homocryption.lanes=";

  @Test
  void givesTheKnownAnswersAtTheWidthOfThisMachine() throws Exception {
    answers(List.of(VECTOR_API, LANES + TwinCheck.vector().lanes()));
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"4,3", "2,3", "4,2", "2,2"})
  void givesTheKnownAnswersAtOtherWidthsAndWithOtherInstructions(int lanes, int avx)
      throws Exception {
    answers(
        List.of(
            VECTOR_API, LANES + lanes, "-XX:+IgnoreUnrecognizedVMOptions", "-XX:UseAVX=" + avx));
  }

  private static void answers(List<String> flags) throws Exception {
    var result = ChildJvm.run(flags, SchemeCheck.class, "answers");
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains("wrong: []");
  }

  /// The JDK needs up to 150 bytes to begin a random stream; we need none.
  @Test
  void compiledStepsAllocateNothingButWhatTheJdkNeedsForStreams() throws Exception {
    var result = ChildJvm.run(List.of(VECTOR_API), SchemeCheck.class, "allocation");
    assertThat(result.exitCode()).as(result.output()).isZero();
    Map<String, Long> allocated = new TreeMap<>();
    result
        .output()
        .lines()
        .filter(line -> line.matches("[a-z]+: [0-9]+"))
        .forEach(line ->
            allocated.put(line.split(": ", -1)[0], Long.parseLong(line.split(": ", -1)[1])));
    assertThat(allocated.keySet())
        .containsExactly("dequantise", "fold", "mask", "open", "quantise");
    assertThat(allocated.get("dequantise")).isZero();
    assertThat(allocated.get("fold")).isZero();
    assertThat(allocated.get("quantise")).isLessThan(150);
    assertThat(allocated.get("open")).isLessThan(2 * 150);
    assertThat(allocated.get("mask")).isLessThan(3 * 150);
  }
}
