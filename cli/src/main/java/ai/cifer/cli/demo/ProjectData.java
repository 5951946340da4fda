package ai.cifer.cli.demo;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The images that come with the project.
public final class ProjectData {

  private static final Path FASHION_MNIST = Path.of("examples", "data", "fashion_mnist_26k.npz");

  private ProjectData() {}

  /// Searches beside this program, then above the working directory.
  ///
  /// @throws CommandFailed if there is no checkout of the project in either place
  public static Path fashionMnist() throws CommandFailed {
    Optional<Path> found = above(program()).or(() -> above(Path.of("").toAbsolutePath()));
    return found.orElseThrow(() ->
        new CommandFailed(
            ExitCode.DATASET_UNREADABLE,
            "%s: not found beside this program or the working directory (expected: a checkout"
                    .formatted(FASHION_MNIST)
                + " of the project, or --dataset FILE with x_train, y_train, x_test, y_test)"));
  }

  private static Optional<Path> above(@Nullable Path start) {
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      Path file = folder.resolve(FASHION_MNIST);
      if (Files.isRegularFile(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private static @Nullable Path program() {
    CodeSource source = ProjectData.class.getProtectionDomain().getCodeSource();
    try {
      return source == null ? null : Path.of(source.getLocation().toURI());
    } catch (URISyntaxException noFile) {
      return null;
    }
  }
}
