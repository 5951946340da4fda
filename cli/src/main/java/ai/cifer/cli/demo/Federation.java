package ai.cifer.cli.demo;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.history.RunDocument;
import ai.cifer.cli.terminal.Colour;
import ai.cifer.cli.terminal.Places;
import ai.cifer.cli.terminal.Terminal;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// One run of a demo: coordinator, key holder and clients as processes, from start to end.
final class Federation {

  // All processes of four clients together stay far below 6 GB; PyTorch's memory comes on top.
  private static final int COORDINATOR_MEGABYTES = 256;
  private static final int CLIENT_MEGABYTES = 384;
  private static final int KEY_HOLDER_MEGABYTES = 128;

  private static final long PORT_SECONDS = 60;
  private static final long POLL_MILLIS = 25;

  // Whoever ends with one of these can never take part: waiting for it would be in vain. The
  // others, and signals, are the coordinator's to decide about.
  private static final Set<ExitCode> HOPELESS =
      Set.of(
          ExitCode.UNEXPECTED,
          ExitCode.USAGE,
          ExitCode.CONFIG_INVALID,
          ExitCode.CONFIG_UNREADABLE,
          ExitCode.IDENTITY_UNUSABLE,
          ExitCode.WRONG_AUTHORITY,
          ExitCode.REFUSED,
          ExitCode.DATASET_UNREADABLE,
          ExitCode.DATASET_MISMATCH,
          ExitCode.MODEL_UNREADABLE,
          ExitCode.PLATFORM);

  private final Terminal terminal;
  private final DemoPlan plan;
  private final DemoFolder folder;
  private final boolean shown;
  private final boolean verbose;

  /// @param shown whether the coordinator prints its tree to this process's output
  Federation(Terminal terminal, DemoPlan plan, DemoFolder folder, boolean shown, boolean verbose) {
    this.terminal = terminal;
    this.plan = plan;
    this.folder = folder;
    this.shown = shown;
    this.verbose = verbose;
  }

  /// How a run ended.
  ///
  /// @param code the coordinator's exit code
  /// @param document empty if the run never started
  record Outcome(int code, Optional<RunDocument> document) {}

  /// Runs it.
  ///
  /// @param run the run's id
  /// @param encrypted whether updates are protected; without, they are rounded all the same, so
  ///   that both ways lead to the same model
  Outcome run(String run, boolean encrypted)
      throws CommandFailed, IOException, InterruptedException {
    Path logs = Files.createDirectories(folder.logs(run));
    Path portFile = logs.resolve("port");
    Path resultFile = logs.resolve("result.json");
    try (Children children = new Children()) {
      try {
        return run(children, run, encrypted, portFile, resultFile);
      } catch (CommandFailed | IOException | InterruptedException failure) {
        // Nobody waits for the others to notice.
        children.destroyAll();
        throw failure;
      }
    }
  }

  private Outcome run(
      Children children, String run, boolean encrypted, Path portFile, Path resultFile)
      throws CommandFailed, IOException, InterruptedException {
    startCoordinator(children, run, encrypted, portFile, resultFile);
    Optional<Integer> port = awaitPort(children, portFile);
    if (port.isPresent()) {
      startParticipants(children, run, encrypted, port.get());
    }
    int code = awaitCoordinator(children, run);
    return new Outcome(
        code,
        Files.exists(resultFile)
            ? Optional.of(Json.read(resultFile, RunDocument.class))
            : Optional.empty());
  }

  private void startCoordinator(
      Children children, String run, boolean encrypted, Path portFile, Path resultFile)
      throws IOException {
    List<String> words =
        words(run, DemoFolder.COORDINATOR, "server", folder.serverConfig(), 0, encrypted);
    words.addAll(
        List.of(
            "--run-id",
            run,
            "--runs",
            plan.runs().toAbsolutePath().toString(),
            "--set",
            "quantise=true",
            "--port-file",
            portFile.toString(),
            "--result-file",
            resultFile.toString()));
    children.start(
        DemoFolder.COORDINATOR,
        JavaCommand.of(COORDINATOR_MEGABYTES, words),
        Redirect.INHERIT,
        shown ? Redirect.INHERIT : Redirect.appendTo(printed(run, DemoFolder.COORDINATOR)),
        Redirect.INHERIT);
  }

  private void startParticipants(Children children, String run, boolean encrypted, int port)
      throws IOException {
    if (encrypted) {
      start(
          children,
          run,
          DemoFolder.KEY_HOLDER,
          KEY_HOLDER_MEGABYTES,
          words(run, DemoFolder.KEY_HOLDER, "key-holder", folder.keyHolderConfig(), port, true));
    }
    for (String client : DemoFolder.clients(plan.clients())) {
      start(
          children,
          run,
          client,
          CLIENT_MEGABYTES,
          words(run, client, "client", folder.clientConfig(client), port, encrypted));
    }
  }

  private void start(Children children, String run, String name, int megabytes, List<String> words)
      throws IOException {
    children.start(
        name,
        JavaCommand.of(megabytes, words),
        Redirect.from(nullDevice()),
        Redirect.appendTo(printed(run, name)),
        Redirect.appendTo(printed(run, name)));
  }

  private List<String> words(
      String run, String name, String verb, Path config, int port, boolean encrypted) {
    List<String> words =
        new ArrayList<>(
            List.of(
                verb,
                "--config",
                config.toString(),
                "--port",
                Integer.toString(port),
                "--parent",
                Long.toString(ProcessHandle.current().pid()),
                "--log",
                folder.logs(run).resolve(name + ".log").toString()));
    if (!verb.equals("key-holder")) {
      words.addAll(List.of("--set", "encryption=" + (encrypted ? "key-holder" : "none")));
    }
    if (!verb.equals("server")) {
      // What was signed and revealed in one run must never meet another.
      words.addAll(List.of("--set", "state_path=state-" + run));
    }
    if (verbose) {
      words.add("--verbose");
    }
    return words;
  }

  private File printed(String run, String name) {
    return folder.logs(run).resolve(name + ".txt").toFile();
  }

  private static File nullDevice() {
    return new File(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null");
  }

  /// @return empty if the coordinator ended before it listened, having said why
  private static Optional<Integer> awaitPort(Children children, Path portFile)
      throws CommandFailed, IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PORT_SECONDS);
    while (!Files.exists(portFile)) {
      if (!children.isAlive(DemoFolder.COORDINATOR)) {
        return Optional.empty();
      }
      if (System.nanoTime() > deadline) {
        throw new CommandFailed(
            ExitCode.UNEXPECTED,
            "coordinator: not listening after %d s (expected: a few; is the machine overloaded?)"
                .formatted(PORT_SECONDS));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return Optional.of(Integer.valueOf(Files.readString(portFile).strip()));
  }

  private int awaitCoordinator(Children children, String run)
      throws CommandFailed, IOException, InterruptedException {
    while (true) {
      Children.Exit exit = children.nextExit();
      if (exit.name().equals(DemoFolder.COORDINATOR)) {
        return exit.code();
      }
      if (exit.code() != ExitCode.OK.number() && !(exit.bySignal() && children.isEnding())) {
        report(exit, run);
      }
    }
  }

  private void report(Children.Exit exit, String run) throws CommandFailed, IOException {
    Path printed = printed(run, exit.name()).toPath();
    String message = LastError.in(printed);
    for (ExitCode code : HOPELESS) {
      if (exit.code() == code.number()) {
        throw new CommandFailed(
            code,
            "%s cannot take part: %s%n       what it printed: %s"
                .formatted(
                    exit.name(),
                    message.isEmpty() ? code.meaning() : message,
                    Places.shown(printed)));
      }
    }
    String cause =
        exit.bySignal() ? "was ended by signal %d".formatted(exit.signal()) : "ended: " + message;
    terminal.printNote(
        "%s %s %s; the coordinator decides whether the run can go on"
            .formatted(terminal.paint(Colour.BAD, terminal.glyphs().bad()), exit.name(), cause));
  }
}
