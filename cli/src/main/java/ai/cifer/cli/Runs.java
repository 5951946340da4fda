package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.experiment.ExportKind;
import ai.cifer.cli.experiment.RunComparison;
import ai.cifer.cli.experiment.RunRecord;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.history.RunDocument;
import ai.cifer.cli.history.RunLog;
import ai.cifer.cli.plot.ComparedCurves;
import ai.cifer.cli.plot.Curves;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Table;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.node.store.RoundOverride;
import ai.cifer.node.store.RunFolder;
import ai.cifer.node.store.RunLock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What `cifer runs` does.
final class Runs {

  private final Terminal terminal;
  private final boolean json;
  private final Path runs;

  Runs(Terminal terminal, boolean json, Path runs) {
    this.terminal = terminal;
    this.json = json;
    this.runs = runs;
  }

  void list() throws CommandFailed, IOException {
    List<RunDocument> documents = new ArrayList<>();
    for (Path folder : folders()) {
      documents.add(RunLog.read(folder));
    }
    if (json) {
      terminal.print(Json.text(documents));
      return;
    }
    if (documents.isEmpty()) {
      terminal.print("no runs in %s; 'cifer demo' makes one".formatted(runs));
      return;
    }
    Table table =
        new Table("run", "encryption", "model", ">rounds", ">accuracy", ">seconds", "ended early");
    for (RunDocument run : documents) {
      table.row(
          run.run(),
          run.encryption(),
          run.architecture(),
          "%d of %d".formatted(run.roundsCompleted(), run.roundsPlanned()),
          accuracy(run.last()),
          Figures.seconds(run.seconds()),
          run.reason() == null ? "" : run.reason());
    }
    table.lines().forEach(terminal::print);
  }

  void show(Optional<String> which) throws CommandFailed, IOException {
    RunDocument run = RunLog.read(folder(which));
    if (json) {
      terminal.print(Json.text(run));
      return;
    }
    terminal.print(
        "run %s: %s, %s, %s with %s parameters"
            .formatted(
                run.run(),
                run.encryption(),
                run.strategy(),
                run.architecture(),
                Figures.count(run.parameters())));
    if (run.initial() != null) {
      terminal.print("at the start: accuracy " + accuracy(run.initial()));
    }
    rounds(run).lines().forEach(terminal::print);
    for (RunDocument.Round round : run.rounds()) {
      if (!round.abandoned().isEmpty()) {
        terminal.print(
            "round %d: the values of segments %s stayed as they were"
                .formatted(round.round(), round.abandoned()));
      }
    }
    if (run.reason() != null) {
      terminal.print("ended early: " + run.reason());
    }
    terminal.print("files: " + run.folder());
  }

  private static Table rounds(RunDocument run) {
    Table table =
        new Table(
            ">round",
            ">clients",
            ">accuracy",
            ">loss",
            ">up/client",
            ">down/client",
            ">train s",
            ">encrypt s",
            ">add s",
            ">open s",
            ">total s");
    for (RunDocument.Round round : run.rounds()) {
      RunDocument.Quality quality = round.quality();
      table.row(
          String.valueOf(round.round()),
          "%d of %d".formatted(round.actual().size(), round.planned().size()),
          accuracy(quality),
          quality == null ? "-" : Figures.loss(quality.loss()),
          Figures.bytes(round.uploadBytesPerClient()),
          Figures.bytes(round.downloadBytesPerClient()),
          Figures.seconds(round.seconds().train()),
          Figures.seconds(round.seconds().encrypt()),
          Figures.seconds(round.seconds().aggregate()),
          Figures.seconds(round.seconds().open()),
          Figures.seconds(round.seconds().total()));
    }
    return table;
  }

  void plot(Optional<String> which, Optional<Path> out) throws CommandFailed, IOException {
    Path folder = folder(which);
    Path picture = out.orElse(folder.resolve(Curves.FILE));
    Curves.draw(RunLog.read(folder), picture);
    terminal.print(json ? Json.text(Map.of("picture", picture.toString())) : picture.toString());
  }

  void compare(List<String> which, Optional<Path> out) throws CommandFailed, IOException {
    List<RunRecord> records = new ArrayList<>();
    for (String run : which) {
      records.add(RunRecord.read(folder(Optional.of(run))));
    }
    RunComparison comparison = RunComparison.of(records);
    if (out.isPresent()) {
      ComparedCurves.draw(records.stream().map(RunRecord::run).toList(), out.get());
    }
    if (json) {
      terminal.print(Json.text(comparison));
      return;
    }
    comparison.results().lines().forEach(terminal::print);
    terminal.print("");
    if (comparison.differences().isEmpty()) {
      terminal.print("all settings are the same");
    } else {
      comparison.settings().lines().forEach(terminal::print);
    }
    out.ifPresent(picture -> terminal.print("picture: " + picture));
  }

  void export(Optional<String> which, ExportKind kind, Optional<Path> out)
      throws CommandFailed, IOException {
    Path folder = folder(which);
    Path target = out.orElse(folder.resolve(kind.file()));
    kind.write(RunRecord.read(folder), target);
    terminal.print(json ? Json.text(Map.of("export", target.toString())) : target.toString());
  }

  void logs(Optional<String> which) throws CommandFailed, IOException {
    Path folder = folder(which);
    List<Path> logs = logsIn(folder);
    if (json) {
      terminal.print(Json.text(Map.of("logs", logs.stream().map(Path::toString).toList())));
      return;
    }
    if (logs.isEmpty()) {
      terminal.print(
          "%s: no logs (a run whose server was given --log has it there)".formatted(folder));
    }
    for (Path log : logs) {
      terminal.print("== " + log);
      // What a program prints may be of any encoding.
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(Files.newInputStream(log), StandardCharsets.UTF_8))) {
        lines.lines().forEach(terminal::print);
      }
    }
  }

  // Those of the processes that `cifer demo` starts lie in a folder of their own.
  private static List<Path> logsIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder, 3)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  /// Asks the coordinator of a run to end its open round.
  void endRound(Optional<String> which, String reason, InstantSource clock)
      throws CommandFailed, IOException {
    Path folder = folder(which).toAbsolutePath();
    String run = String.valueOf(folder.getFileName());
    if (reason.isBlank() || reason.length() > RoundOverride.MAX_REASON) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--reason: %d characters (expected: 1 to %d)"
              .formatted(reason.strip().length(), RoundOverride.MAX_REASON));
    }
    OptionalInt round = RunLog.openRound(folder);
    RunFolder files = RunFolder.of(folder.resolveSibling(""), run);
    if (round.isEmpty() || !RunLock.isTaken(files)) {
      throw new CommandFailed(
          ExitCode.ROUND_ABORTED,
          "run %s: %s (expected: a round that a coordinator on this machine has open)"
              .formatted(
                  run, round.isEmpty() ? "no round is open" : "its coordinator does not run"));
    }
    RoundOverride asked =
        new RoundOverride(
            round.getAsInt(),
            System.getProperty("user.name", "unknown"),
            clock.instant().toString(),
            reason);
    asked.leave(files);
    terminal.print(
        json
            ? Json.text(asked)
            : "run %s: round %d is to end without a result; the event log says when it has"
                .formatted(run, asked.round()));
  }

  private static String accuracy(RunDocument.@Nullable Quality quality) {
    return quality == null ? "-" : Figures.percent(quality.accuracy());
  }

  /// What the coordinator of a run that is not finished was started with.
  ServerWords words(Optional<String> which) throws CommandFailed, IOException {
    Path run = folder(which).toAbsolutePath();
    ServerWords words = ServerWords.of(run);
    Map<String, String> overrides = new TreeMap<>(words.overrides());
    overrides.put("run_id", String.valueOf(run.getFileName()));
    return new ServerWords(words.config(), overrides);
  }

  private Path folder(Optional<String> which) throws CommandFailed, IOException {
    if (which.isEmpty()) {
      List<Path> all = folders();
      if (all.isEmpty()) {
        throw new CommandFailed(
            ExitCode.CONFIG_UNREADABLE, "%s: no runs; 'cifer demo' makes one".formatted(runs));
      }
      return all.getLast();
    }
    Path named = runs.resolve(which.get());
    Path direct = Path.of(which.get());
    if (RunLog.isIn(named)) {
      return named;
    }
    if (RunLog.isIn(direct)) {
      return direct;
    }
    throw new CommandFailed(
        ExitCode.CONFIG_UNREADABLE,
        "run: %s (expected: the id of a run in %s, or its folder; 'cifer runs list' shows them)"
            .formatted(which.get(), runs));
  }

  // The oldest first; ids begin with the time, but those that people chose need not.
  private List<Path> folders() throws IOException {
    if (!Files.isDirectory(runs)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(runs)) {
      return children
          .filter(RunLog::isIn)
          .sorted(
              Comparator.<Path>comparingLong(folder -> folder.toFile().lastModified())
                  .thenComparing(Comparator.naturalOrder()))
          .toList();
    }
  }
}
