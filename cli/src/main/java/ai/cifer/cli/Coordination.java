package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.history.RoundTree;
import ai.cifer.cli.history.RunDocument;
import ai.cifer.cli.history.RunRecorder;
import ai.cifer.cli.process.Signal;
import ai.cifer.cli.terminal.Places;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.node.FedServer;
import ai.cifer.node.NodeException;
import ai.cifer.node.RunResult;
import ai.cifer.node.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What `cifer server` does.
final class Coordination {

  private final Terminal terminal;
  private final RoleOptions options;
  private final Map<String, String> overrides;
  private final boolean json;

  Coordination(
      Terminal terminal, RoleOptions options, Map<String, String> overrides, boolean json) {
    this.terminal = terminal;
    this.options = options;
    this.overrides = overrides;
    this.json = json;
  }

  /// Runs all rounds.
  ///
  /// @param portFile gets the port once clients can connect
  /// @param beginFile is waited for before the run begins
  /// @param resultFile gets the document of the run
  ExitCode run(Optional<Path> portFile, Optional<Path> beginFile, Optional<Path> resultFile)
      throws NodeException, IOException, InterruptedException {
    ParentWatch.start(options.parent);
    Logging.start(options);
    ServerConfig config = ServerConfig.read(options.config, overrides);
    Terminal view = json ? terminal.silent() : terminal;
    RunRecorder recorder = new RunRecorder();
    try (FedServer server = FedServer.of(config);
        RoundTree tree = new RoundTree(view, System::nanoTime)) {
      server.listener(tree).listener(recorder).listener(event -> settle(config.runs(), event));
      view.print(
          "listening on https://%s:%d, for participants that %s has certified"
              .formatted(
                  config.address().host(),
                  server.port(),
                  Places.shown(config.credentials().authority())));
      if (portFile.isPresent()) {
        Signal.give(portFile.get(), Integer.toString(server.port()));
      }
      if (beginFile.isPresent()) {
        tree.on(new RunEvent.Waiting(0, "the participants are starting"));
        Signal.await(beginFile.get());
      }
      try (Drain _ = Drain.of(server)) {
        return finish(server.run(), recorder, view, resultFile);
      }
    }
  }

  private ExitCode finish(
      RunResult result, RunRecorder recorder, Terminal view, Optional<Path> resultFile)
      throws IOException {
    RunReport report = RunReport.of(result, recorder);
    report.tell(view, terminal);
    if (report.document().isPresent()) {
      RunDocument document = report.document().get();
      if (resultFile.isPresent()) {
        Json.write(document, resultFile.get());
      }
      if (json) {
        terminal.print(Json.text(document));
      }
    }
    return report.code();
  }

  /// Keeps beside the run what is needed to take it up again, and its log.
  private void settle(Path runs, RunEvent event) {
    Optional<String> run =
        switch (event) {
          case RunEvent.RunStarted started -> Optional.of(started.run());
          case RunEvent.RunResumed resumed -> Optional.of(resumed.started().run());
          default -> Optional.empty();
        };
    run.map(runs::resolve)
        .ifPresent(folder -> {
          new ServerWords(options.config.toAbsolutePath().toString(), overrides).keep(folder);
          if (options.log.isEmpty()) {
            Logging.toFile(folder.resolve("coordinator.log"));
          }
        });
  }
}
