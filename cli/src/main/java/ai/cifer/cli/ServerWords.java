package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// What a coordinator was started with, kept in the working files of its run as long as that is not
/// finished, so that a person need not remember it.
///
/// @param config the absolute path of the configuration
/// @param overrides what the command line said instead of it
record ServerWords(String config, Map<String, String> overrides) {
  ServerWords {
    overrides = new TreeMap<>(overrides);
  }

  private static Path file(Path run) {
    return run.resolve("work").resolve("server.json");
  }

  /// @throws UncheckedIOException if the disk does not take it
  void keep(Path run) {
    try {
      Json.write(this, file(run));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// @throws CommandFailed if the run is finished, or was not begun by `cifer server`
  static ServerWords of(Path run) throws CommandFailed {
    Path file = file(run);
    if (!Files.exists(file)) {
      throw new CommandFailed(
          ExitCode.CONFIG_INVALID,
          "run: %s is finished, or not a coordinator's (expected: one that 'cifer runs list' shows as not finished)"
              .formatted(run.getFileName()));
    }
    return Json.read(file, ServerWords.class);
  }
}
