package ai.cifer.cli.demo;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.history.RunDocument;
import ai.cifer.cli.process.Children;
import ai.cifer.cli.process.JavaCommand;
import ai.cifer.cli.process.Signal;
import ai.cifer.cli.terminal.Colour;
import ai.cifer.cli.terminal.Places;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.secagg.plan.EncryptionMode;
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

/// One run of a demo: coordinator, clients and perhaps a key holder as processes, from start to
/// end.
final class Federation {

  // All processes of four clients together stay far below 6 GB; PyTorch's memory comes on top.
  private static final int COORDINATOR_MEGABYTES = 256;
  private static final int CLIENT_MEGABYTES = 384;
  private static final int KEY_HOLDER_MEGABYTES = 128;

  private static final long PORT_SECONDS = 120;
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
    RunFiles files = RunFiles.create(folder.logs(run));
    try (Children children = new Children()) {
      try {
        startCoordinator(children, run, encrypted, files);
        Optional<String> port = awaitPort(children, files);
        List<String> participants =
            port.isPresent()
                ? startParticipants(children, run, encrypted, files, port.get())
                : List.of();
        int code = awaitCoordinator(children, participants, files);
        return new Outcome(
            code,
            Files.exists(files.result())
                ? Optional.of(Json.read(files.result(), RunDocument.class))
                : Optional.empty());
      } catch (CommandFailed | IOException | InterruptedException failure) {
        // Nobody waits for the others to notice.
        children.destroyAll();
        throw failure;
      }
    }
  }

  private void startCoordinator(Children children, String run, boolean encrypted, RunFiles files)
      throws IOException {
    List<String> words = words(files, DemoFolder.COORDINATOR, "server", folder.serverConfig(), "0");
    words.addAll(
        List.of(
            "--run-id",
            run,
            "--runs",
            plan.runs().toAbsolutePath().toString(),
            "--encryption",
            mode(encrypted),
            "--set",
            "quantise=true",
            "--port-file",
            files.port().toString(),
            "--begin-file",
            files.begin().toString(),
            "--result-file",
            files.result().toString()));
    children.start(
        DemoFolder.COORDINATOR,
        JavaCommand.of(COORDINATOR_MEGABYTES, words),
        Redirect.INHERIT,
        shown ? Redirect.INHERIT : Redirect.appendTo(files.printed(DemoFolder.COORDINATOR)),
        Redirect.INHERIT);
  }

  /// @return the names of the participants
  private List<String> startParticipants(
      Children children, String run, boolean encrypted, RunFiles files, String port)
      throws IOException {
    List<String> names = new ArrayList<>();
    if (encrypted && plan.hasKeyHolder()) {
      names.add(DemoFolder.KEY_HOLDER);
      List<String> words =
          words(files, DemoFolder.KEY_HOLDER, "key-holder", folder.keyHolderConfig(), port);
      words.addAll(List.of("--set", "encryption=" + mode(true)));
      start(children, run, files, DemoFolder.KEY_HOLDER, KEY_HOLDER_MEGABYTES, words);
    }
    for (String client : DemoFolder.clients(plan.clients())) {
      names.add(client);
      List<String> words = words(files, client, "client", folder.clientConfig(client), port);
      words.addAll(List.of("--set", "encryption=" + mode(encrypted)));
      start(children, run, files, client, CLIENT_MEGABYTES, words);
    }
    return names;
  }

  private static void start(
      Children children, String run, RunFiles files, String name, int megabytes, List<String> words)
      throws IOException {
    // What was signed and revealed in one run must never meet another.
    words.addAll(List.of("--set", "state_path=state-" + run));
    words.addAll(List.of("--joined-file", files.joined(name).toString()));
    children.start(
        name,
        JavaCommand.of(megabytes, words),
        Redirect.from(nullDevice()),
        Redirect.appendTo(files.printed(name)),
        Redirect.appendTo(files.printed(name)));
  }

  private List<String> words(RunFiles files, String name, String verb, Path config, String port) {
    List<String> words =
        new ArrayList<>(
            List.of(
                verb,
                "--config",
                config.toString(),
                "--port",
                port,
                "--parent",
                Long.toString(ProcessHandle.current().pid()),
                "--log",
                files.log(name).toString()));
    if (verbose) {
      words.add("--verbose");
    }
    return words;
  }

  private String mode(boolean encrypted) {
    return (encrypted ? plan.encryption() : EncryptionMode.NONE).key();
  }

  private static File nullDevice() {
    return new File(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null");
  }

  /// @return empty if the coordinator ended before it listened, having said why
  private static Optional<String> awaitPort(Children children, RunFiles files)
      throws CommandFailed, IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PORT_SECONDS);
    while (System.nanoTime() < deadline) {
      Optional<String> port = Signal.text(files.port());
      if (port.isPresent() || !children.isAlive(DemoFolder.COORDINATOR)) {
        return port;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    throw new CommandFailed(
        ExitCode.UNEXPECTED,
        "coordinator: not listening after %d s (expected: a few; is the machine overloaded?)"
            .formatted(PORT_SECONDS));
  }

  /// Has the run begin once everybody is there, or can no longer come: on a busy machine a process
  /// may take long to start, and both runs of a comparison must begin with the same clients.
  private int awaitCoordinator(Children children, List<String> participants, RunFiles files)
      throws CommandFailed, IOException, InterruptedException {
    while (true) {
      Optional<Children.Exit> exit = children.nextExit(POLL_MILLIS, TimeUnit.MILLISECONDS);
      if (exit.isPresent() && exit.get().name().equals(DemoFolder.COORDINATOR)) {
        return exit.get().code();
      }
      if (exit.isPresent()
          && exit.get().code() != ExitCode.OK.number()
          && !(exit.get().bySignal() && children.isEnding())) {
        report(exit.get(), files);
      }
      if (!files.hasBegun()
          && participants.stream()
              .allMatch(name -> Files.exists(files.joined(name)) || !children.isAlive(name))) {
        files.beginRun();
      }
    }
  }

  private void report(Children.Exit exit, RunFiles files) throws CommandFailed, IOException {
    Path printed = files.printed(exit.name()).toPath();
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
