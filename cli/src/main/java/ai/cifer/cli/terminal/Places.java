package ai.cifer.cli.terminal;

import java.nio.file.Files;
import java.nio.file.Path;

/// Paths as people read and paste them.
public final class Places {

  private Places() {}

  /// Relative to the working directory where that is shorter, otherwise as it is.
  public static String shown(Path path) {
    Path here = Path.of("").toAbsolutePath();
    Path absolute = path.toAbsolutePath().normalize();
    return absolute.startsWith(here) && !absolute.equals(here)
        ? here.relativize(absolute).toString()
        : absolute.toString();
  }

  /// How the command is called here: by its path in a checkout, by its name elsewhere.
  public static String command() {
    return Files.isExecutable(Path.of("cifer")) && !Files.isDirectory(Path.of("cifer"))
        ? "./cifer"
        : "cifer";
  }
}
