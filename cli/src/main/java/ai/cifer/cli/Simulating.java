package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.history.RunRecorder;
import ai.cifer.cli.history.SimulationBoard;
import ai.cifer.cli.log.Logs;
import ai.cifer.cli.model.ModelFiles;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import ai.cifer.node.RunResult;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.simulation.Delays;
import ai.cifer.simulation.Failures;
import ai.cifer.simulation.Simulation;
import ai.cifer.simulation.SimulationPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What `cifer simulate` does.
final class Simulating {

  private static final DateTimeFormatter RUN_ID =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  private static final int USUAL_CLIENTS_OF_A_ROUND = 10;

  /// Nobody in this process is silent because it is gone; it may wait long for its turn.
  private static final int PATIENCE_SECONDS = 3600;

  private static final String USUAL_MODEL = "cnn";

  private final Terminal terminal;
  private final SimulateCommand words;

  Simulating(Terminal terminal, SimulateCommand words) {
    this.terminal = terminal;
    this.words = words;
  }

  ExitCode run()
      throws CommandFailed, NodeException, TrainingException, IOException, InterruptedException {
    if (words.common.verbose) {
      Logs.warningsToError();
    }
    Failures failures = failures();
    Terminal view = words.common.json() ? terminal.silent() : terminal;
    try (StateFolders folders = StateFolders.make(words.state, words.data)) {
      long seed = said(Integer.MAX_VALUE).seed();
      List<Path> data = new SimulatedData(words, seed).files(folders.partitions());
      ServerConfig config = config(data.size(), folders);
      int threads = words.threads.orElse(Runtime.getRuntime().availableProcessors());
      SimulationPlan plan;
      try {
        plan = new SimulationPlan(config, data, failures, threads, folders.clients());
      } catch (IllegalArgumentException bad) {
        throw usage(bad);
      }
      return run(plan, view);
    }
  }

  private Failures failures() throws CommandFailed {
    try {
      return new Failures(words.dropout, Delays.of(words.delay), words.deadline);
    } catch (IllegalArgumentException bad) {
      throw usage(bad);
    }
  }

  private static CommandFailed usage(IllegalArgumentException bad) {
    return new CommandFailed(ExitCode.USAGE, String.valueOf(bad.getMessage()), bad);
  }

  private ServerConfig config(int clients, StateFolders folders)
      throws CommandFailed, NodeException, TrainingException, IOException {
    Map<String, String> keys = keys(clients);
    ServerConfig said = said(clients);
    if (said.run().isEmpty()) {
      keys.put("run_id", RUN_ID.format(Clock.systemUTC().instant()));
    }
    if (words.model.isPresent() || said.model().isEmpty()) {
      keys.put("model_path", model(said.seed(), folders).toAbsolutePath().toString());
    }
    if (!words.noEvaluation && said.dataset().isEmpty() && words.data.isPresent()) {
      Path file = words.data.get();
      if (SimulatedData.hasTestSplit(file)) {
        keys.put("dataset_path", file.toAbsolutePath().toString());
      }
    }
    ServerConfig config = ServerConfig.withoutNetwork(words.config, keys);
    return words.noEvaluation ? config.withoutDataset() : config;
  }

  private Map<String, String> keys(int clients) {
    Map<String, String> keys = new LinkedHashMap<>(words.overrides());
    if (words.config.isEmpty()) {
      keys.putIfAbsent(
          "n_round_clients", String.valueOf(Math.min(clients, USUAL_CLIENTS_OF_A_ROUND)));
    }
    keys.putIfAbsent("patience", String.valueOf(PATIENCE_SECONDS));
    return keys;
  }

  /// What the file and the command line say.
  ///
  /// @param clients how many there are
  private ServerConfig said(int clients) throws NodeException {
    return ServerConfig.withoutNetwork(words.config, keys(clients));
  }

  private Path model(long seed, StateFolders folders) throws CommandFailed, IOException {
    String named = words.model.orElse(USUAL_MODEL);
    Path file = Path.of(named);
    if (Files.exists(file)) {
      return file;
    }
    Path fresh = folders.model();
    ModelFiles.create(named, seed, fresh);
    return fresh;
  }

  private ExitCode run(SimulationPlan plan, Terminal view)
      throws NodeException, IOException, InterruptedException {
    RunRecorder recorder = new RunRecorder();
    long start = System.nanoTime();
    RunResult result = simulate(plan, recorder, view);
    double seconds = (System.nanoTime() - start) / 1e9;
    RunReport report = RunReport.of(result, recorder);
    view.print(
        "%s of %s, %s in %s: %.1f rounds a minute"
            .formatted(
                Figures.counted(plan.server().roundClients(), "client"),
                Figures.count(plan.data().size()),
                Figures.counted(result.rounds().size(), "round"),
                Figures.duration(seconds),
                60 * result.rounds().size() / seconds));
    report.tell(view, terminal);
    if (words.common.json() && report.document().isPresent()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("clients", plan.data().size());
      document.put("per_round", plan.server().roundClients());
      document.put("threads", plan.threads());
      document.put("seconds", seconds);
      document.put("run", report.document().get());
      terminal.print(Json.text(document));
    }
    return report.code();
  }

  private static RunResult simulate(SimulationPlan plan, RunRecorder recorder, Terminal view)
      throws NodeException, IOException, InterruptedException {
    try (SimulationBoard board = new SimulationBoard(view, System::nanoTime)) {
      return Simulation.of(plan)
          .listener(board)
          .listener(recorder)
          .listener(event -> log(plan, event))
          .run();
    }
  }

  private static void log(SimulationPlan plan, RunEvent event) {
    if (event instanceof RunEvent.RunStarted started) {
      Logging.toFile(plan.server().runs().resolve(started.run()).resolve("coordinator.log"));
    }
  }
}
