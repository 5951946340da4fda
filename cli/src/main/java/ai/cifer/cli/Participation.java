package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.RoundTree;
import ai.cifer.cli.process.Signal;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.node.CiferClient;
import ai.cifer.node.KeyHolder;
import ai.cifer.node.NodeException;
import ai.cifer.node.config.ClientConfig;
import ai.cifer.node.config.KeyHolderConfig;
import ai.cifer.node.participant.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/// What `cifer client` and `cifer key-holder` do.
final class Participation {

  private final Terminal terminal;
  private final RoleOptions options;
  private final Map<String, String> overrides;

  Participation(Terminal terminal, RoleOptions options, Map<String, String> overrides) {
    this.terminal = terminal;
    this.options = options;
    this.overrides = overrides;
  }

  /// Trains until the run ends.
  ExitCode client() throws CommandFailed, NodeException, IOException, InterruptedException {
    ParentWatch.start(options.parent);
    Logging.start(options);
    ClientConfig config = ClientConfig.read(options.config, overrides);
    if (options.log.isEmpty()) {
      Logging.toFile(config.state().resolve("client.log"));
    }
    terminal.print(
        "client of %s, demands encryption: %s"
            .formatted(config.coordinator().uri(), config.demands().encryption().key()));
    try (RoundTree tree = new RoundTree(terminal, System::nanoTime)) {
      return code(CiferClient.fromConfig(options.config, overrides).listener(listener(tree)).run());
    }
  }

  /// Opens sums until the run ends.
  ExitCode keyHolder() throws CommandFailed, NodeException, IOException, InterruptedException {
    ParentWatch.start(options.parent);
    Logging.start(options);
    KeyHolderConfig config = KeyHolderConfig.read(options.config, overrides);
    if (options.log.isEmpty()) {
      Logging.toFile(config.state().resolve("key-holder.log"));
    }
    terminal.print(
        "key holder for %s, opens no sum of fewer than %d clients"
            .formatted(config.coordinator().uri(), config.kMin()));
    try (RoundTree tree = new RoundTree(terminal, System::nanoTime)) {
      return code(KeyHolder.fromConfig(options.config, overrides).listener(listener(tree)).run());
    }
  }

  private RunListener listener(RoundTree tree) {
    return event -> {
      tree.on(event);
      if (event instanceof RunEvent.Joined && options.joinedFile.isPresent()) {
        try {
          Signal.give(options.joinedFile.get(), "");
        } catch (IOException unwritable) {
          throw new UncheckedIOException(unwritable);
        }
      }
    };
  }

  private static ExitCode code(Ending ending) throws CommandFailed {
    if (!ending.reason().isEmpty()) {
      throw new CommandFailed(
          ExitCode.ROUND_ABORTED, "the coordinator ended the run: " + ending.reason());
    }
    return ExitCode.OK;
  }
}
