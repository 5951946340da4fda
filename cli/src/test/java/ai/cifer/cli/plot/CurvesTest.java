package ai.cifer.cli.plot;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.history.Events;
import ai.cifer.cli.history.RunDocument;
import ai.cifer.cli.history.RunRecorder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvesTest {

  private static final int ACCURACY_BLUE = 0xFF0072B2;
  private static final int LOSS_ORANGE = 0xFFD55E00;

  @TempDir Path folder;

  @Test
  void everyChartHasItsLine() throws IOException {
    BufferedImage picture = drawn(2);
    int width = picture.getWidth() / 2;
    int height = picture.getHeight() / 2;
    assertThat(count(picture.getSubimage(0, 0, width, height), ACCURACY_BLUE)).isGreaterThan(300);
    assertThat(count(picture.getSubimage(width, 0, width, height), LOSS_ORANGE)).isGreaterThan(300);
    assertThat(count(picture.getSubimage(0, height, width, height), ACCURACY_BLUE))
        .isGreaterThan(300);
    assertThat(count(picture.getSubimage(width, height, width, height), LOSS_ORANGE))
        .isGreaterThan(300);
  }

  @Test
  void aRunWithoutACompletedRoundIsDrawnToo() throws IOException {
    BufferedImage picture = drawn(0);
    long white = count(picture, 0xFFFFFFFF);
    assertThat(white).isLessThan((long) picture.getWidth() * picture.getHeight());
  }

  @Test
  void nothingButThePictureIsLeft() throws IOException {
    drawn(1);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve(Curves.FILE));
    }
  }

  private BufferedImage drawn(int rounds) throws IOException {
    RunRecorder recorder = new RunRecorder();
    recorder.on(Events.started());
    for (int round = 1; round <= rounds; round++) {
      recorder.on(Events.completed(round, Events.CLIENTS));
    }
    RunDocument run = recorder.document(folder, Optional.empty(), 0).orElseThrow();
    Path file = folder.resolve(Curves.FILE);
    Curves.draw(run, file);
    return Objects.requireNonNull(ImageIO.read(file.toFile()));
  }

  private static long count(BufferedImage picture, int colour) {
    long count = 0;
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        count += picture.getRGB(x, y) == colour ? 1 : 0;
      }
    }
    return count;
  }
}
