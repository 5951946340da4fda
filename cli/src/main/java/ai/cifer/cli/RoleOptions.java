package ai.cifer.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options of every role: its configuration, and what goes before the file.
final class RoleOptions extends HelpOption {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The configuration, a JSON file; its relative paths begin at its own folder.")
  Path config = Path.of("");

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The coordinator's port, instead of the file's.")
  Optional<Integer> port = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any key of the configuration, instead of the file's; may be repeated.")
  Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "Where log messages go (default: a file in the run's or the state folder).")
  Optional<Path> log = Optional.empty();

  @Option(names = Common.VERBOSE, description = "Show warnings, and where an error comes from.")
  boolean verbose;

  // Whoever started this process; it ends when that one is gone.
  @Option(names = "--parent", paramLabel = "PID", hidden = true)
  Optional<Long> parent = Optional.empty();

  // Is made once a participant has joined.
  @Option(names = "--joined-file", paramLabel = "FILE", hidden = true)
  Optional<Path> joinedFile = Optional.empty();

  /// What a person types starts where that person is, not beside the file.
  static Map<String, String> trainer(String words) {
    return Map.of("trainer", words, "trainer_folder", Path.of("").toAbsolutePath().toString());
  }

  /// The keys that go before the file's.
  Map<String, String> overrides() {
    Map<String, String> overrides = new LinkedHashMap<>(set);
    port.ifPresent(number -> overrides.put("port", number.toString()));
    return overrides;
  }
}
