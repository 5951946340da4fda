package ai.cifer.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastErrorTest {

  @TempDir Path folder;

  @Test
  void theLastMessageWithoutItsNumber() throws IOException {
    Path file = folder.resolve("client-1.txt");
    Files.writeString(
        file,
        """
        joined
        error: first
        (exit code 1, see docs/errors/1.md)
        error: x_train: missing
               expected: an array
        (exit code 30, see docs/errors/30.md)
        """);
    assertThat(LastError.in(file)).isEqualTo("x_train: missing\n       expected: an array");
  }

  @Test
  void nothingWhereNothingWasSaid() throws IOException {
    Path file = folder.resolve("client-1.txt");
    assertThat(LastError.in(file)).isEmpty();
    Files.write(file, new byte[] {(byte) 0xFF, '\n'});
    assertThat(LastError.in(file)).isEmpty();
  }
}
