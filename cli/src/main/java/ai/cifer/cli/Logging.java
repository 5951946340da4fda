package ai.cifer.cli;

import ai.cifer.cli.log.Logs;
import java.io.IOException;
import java.nio.file.Path;

/// Sets the log of a process up as its options say.
final class Logging {

  private static final System.Logger LOG = System.getLogger(Logging.class.getName());

  private Logging() {}

  static void start(RoleOptions options) throws IOException {
    if (options.verbose) {
      Logs.warningsToError();
    }
    if (options.log.isPresent()) {
      Logs.toFile(options.log.get());
    }
  }

  /// A process works without its log, so a folder that takes none is only a warning.
  static void toFile(Path file) {
    try {
      Logs.toFile(file);
    } catch (IOException unwritable) {
      LOG.log(System.Logger.Level.WARNING, "no log in {0}: {1}", file, unwritable.getMessage());
    }
  }
}
