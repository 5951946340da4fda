package ai.cifer.cli.exit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExitCodeTest {

  @Test
  void numbersAreDistinctAndFitAByte() {
    Set<Integer> numbers =
        Arrays.stream(ExitCode.values()).map(ExitCode::number).collect(Collectors.toSet());
    assertThat(numbers).hasSize(ExitCode.values().length).allMatch(n -> n >= 0 && n < 256);
  }

  @ParameterizedTest
  @EnumSource
  void everyCodeHasItsPage(ExitCode code) throws IOException {
    Path page = Path.of("..", code.page());
    assertThat(page).exists();
    assertThat(Files.readString(page)).startsWith("# " + code.number());
  }

  @Test
  void everyReasonOfANodeHasACodeOfItsOwn() {
    Set<ExitCode> codes = EnumSet.noneOf(ExitCode.class);
    for (NodeException.Reason reason : NodeException.Reason.values()) {
      codes.add(ExitCode.of(reason));
    }
    assertThat(codes)
        .hasSize(NodeException.Reason.values().length)
        .doesNotContain(ExitCode.OK, ExitCode.UNEXPECTED, ExitCode.USAGE);
  }

  @ParameterizedTest
  @EnumSource
  void aNodesFailureKeepsItsMessage(NodeException.Reason reason) {
    Failure failure = Failure.of(new NodeException(reason, "port: 80 (expected: free)"));
    assertThat(failure.message()).isEqualTo("port: 80 (expected: free)");
    assertThat(failure.code()).isEqualTo(ExitCode.of(reason));
  }

  @Test
  void printedAsOneMessageAndANumber() {
    assertThat(new Failure(ExitCode.COORDINATOR_UNREACHABLE, "no answer").printed())
        .isEqualTo("error: no answer\n(exit code 22, see docs/errors/22.md)");
  }

  @Test
  void filesAreNamedWithWhatIsWrong() {
    assertThat(Failure.of(new NoSuchFileException("a.json")))
        .isEqualTo(new Failure(ExitCode.DISK, "a.json: not found"));
    assertThat(Failure.of(new AccessDeniedException("a.json")).message())
        .isEqualTo("a.json: permission denied");
  }

  @Test
  void dataAndUnexpectedFailures() {
    assertThat(Failure.of(new TrainingException("no such file: a.npz")).code())
        .isEqualTo(ExitCode.DATASET_UNREADABLE);
    assertThat(Failure.of(new InterruptedException()).code()).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(Failure.of(new IllegalStateException("key: closed")))
        .isEqualTo(
            new Failure(
                ExitCode.UNEXPECTED,
                "IllegalStateException: key: closed; run again with --verbose to see where"));
    assertThat(Failure.of(new IllegalStateException()).message())
        .startsWith("IllegalStateException; ");
  }
}
