package ai.cifer.cli.bench.round;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.process.Children;
import ai.cifer.cli.process.JavaCommand;
import ai.cifer.cli.process.Signal;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import ai.cifer.node.Plugins;
import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.CertificateRequest;
import ai.cifer.node.identity.Role;
import ai.cifer.secagg.plan.EncryptionMode;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// A coordinator and clients as processes on this machine, with the update that all of them send.
final class BenchFederation {
  private static final String COORDINATOR = "coordinator";
  private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");
  private static final Duration VALIDITY = Duration.ofDays(1);
  private static final int SMALLEST_COHORT = 3;
  private static final int MEGABYTES = 384;
  private static final int CHUNK = 1 << 16;
  private static final float CLIP = 0.1f;

  /// How often processor time is looked at, which bounds how exactly rounds are told apart.
  private static final long POLL_MILLIS = 10;

  private static final long PORT_SECONDS = 120;
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /// A busy machine is not a silent participant.
  private static final int PATIENCE_SECONDS = 600;

  private final Path folder;
  private final RoundPlan plan;
  private final List<String> clients = new ArrayList<>();

  private BenchFederation(Path folder, RoundPlan plan) {
    this.folder = folder;
    this.plan = plan;
    for (int i = 1; i <= plan.clients(); i++) {
      clients.add("client-" + i);
    }
  }

  /// Makes identities, configurations, the model and the update.
  static BenchFederation create(Path folder, RoundPlan plan)
      throws IOException, TrainingException, NodeException {
    BenchFederation federation = new BenchFederation(folder, plan);
    federation.certify();
    federation.values();
    federation.configure();
    return federation;
  }

  private void certify() throws IOException {
    Clock clock = Clock.systemUTC();
    Path authorityFolder = folder.resolve("authority");
    try (Authority authority = Authority.create(authorityFolder, "cifer-bench", VALIDITY, clock)) {
      for (String name : names()) {
        boolean coordinator = name.equals(COORDINATOR);
        Path own = folder.resolve(name);
        CertificateRequest request =
            CertificateRequest.create(
                own,
                coordinator ? Role.COORDINATOR : Role.CLIENT,
                name,
                coordinator ? LOOPBACK : List.of());
        authority.sign(request, VALIDITY, clock, own.resolve("certificate.pem"));
        Files.copy(
            authorityFolder.resolve(Authority.CERTIFICATE_FILE),
            own.resolve(Authority.CERTIFICATE_FILE));
      }
    }
  }

  private List<String> names() {
    List<String> names = new ArrayList<>(clients);
    names.add(COORDINATOR);
    return names;
  }

  private Path model() {
    return folder.resolve("model.safetensors");
  }

  private Path update() {
    return folder.resolve("update.f32");
  }

  /// A model of zeros, and an update with values in all of the clip's range.
  private void values() throws IOException, TrainingException, NodeException {
    ModelLayout layout =
        new ModelLayout(List.of(new TensorSpec("w", List.of(Math.toIntExact(plan.params())))));
    try (Tensors zeros = Tensors.allocate(layout)) {
      Plugins.format(model()).write(new GlobalModel(RecordedTrainerProvider.NAME, zeros), model());
    }
    SplittableRandom random = new SplittableRandom(1);
    float[] chunk = new float[CHUNK];
    try (Tensors update = Tensors.create(update(), layout)) {
      for (long at = 0; at < plan.params(); at += CHUNK) {
        int count = (int) Math.min(CHUNK, plan.params() - at);
        for (int i = 0; i < count; i++) {
          chunk[i] = (float) random.nextDouble(-CLIP, CLIP);
        }
        update.write(at, chunk, count);
      }
    }
  }

  private void configure() throws IOException {
    int smallest = Math.min(plan.clients(), SMALLEST_COHORT);
    for (String name : names()) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("ip_address", "https://localhost");
      values.put("port", 5000);
      values.put("certfile", "certificate.pem");
      values.put("keyfile", CertificateRequest.KEY_FILE);
      values.put("cafile", Authority.CERTIFICATE_FILE);
      values.put("k_min", smallest);
      values.put("patience", PATIENCE_SECONDS);
      values.put("trainer", RecordedTrainerProvider.NAME);
      if (name.equals(COORDINATOR)) {
        values.put("n_round_clients", plan.clients());
        values.put("min_clients", plan.clients());
        values.put("rounds", plan.rounds());
        values.put("model_path", model().toString());
        values.put("clip", CLIP);
      } else {
        values.put("dataset_path", update().toString());
      }
      Json.write(values, config(name));
    }
  }

  private Path config(String name) {
    return folder.resolve(name).resolve("config.json");
  }

  /// Runs all rounds of one run.
  ///
  /// @throws CommandFailed if it did not complete; the message names what the processes printed
  List<RoundFigures.Round> run(String run, EncryptionMode mode)
      throws IOException, InterruptedException, CommandFailed {
    Path logs = Files.createDirectories(folder.resolve("logs").resolve(run));
    try (Children children = new Children()) {
      try {
        return run(run, mode, logs, children);
      } catch (CommandFailed | IOException | InterruptedException failure) {
        children.destroyAll();
        throw failure;
      }
    }
  }

  private List<RoundFigures.Round> run(
      String run, EncryptionMode mode, Path logs, Children children)
      throws IOException, InterruptedException, CommandFailed {
    Path begin = logs.resolve("begin");
    Path portFile = logs.resolve("port");
    Path runs = folder.resolve("runs");
    start(
        children,
        logs,
        COORDINATOR,
        List.of("server", "--config", config(COORDINATOR).toString(), "--port", "0"),
        List.of(
            "--run-id",
            run,
            "--runs",
            runs.toString(),
            "--encryption",
            mode.key(),
            "--port-file",
            portFile.toString(),
            "--begin-file",
            begin.toString()));
    String port = awaitPort(children, portFile, logs);
    RoundWatch watch = new RoundWatch(runs.resolve(run).resolve("events.jsonl"), children, names());
    int started = 0;
    while (true) {
      Optional<Children.Exit> exit = children.nextExit(POLL_MILLIS, TimeUnit.MILLISECONDS);
      watch.look();
      if (exit.isPresent() && exit.get().code() != ExitCode.OK.number()) {
        throw failed(exit.get().name(), logs);
      }
      if (exit.isPresent() && exit.get().name().equals(COORDINATOR)) {
        return watch.rounds();
      }
      int joined = joined(logs);
      // As many at once as there are processors: more would only make each other time out.
      while (started < clients.size() && started - joined < PROCESSORS) {
        startClient(children, run, mode, logs, clients.get(started), port);
        started++;
      }
      if (joined == clients.size() && !Files.exists(begin)) {
        Signal.give(begin, "");
      }
    }
  }

  private int joined(Path logs) {
    return (int) clients.stream().filter(name -> Files.exists(joined(logs, name))).count();
  }

  private void startClient(
      Children children, String run, EncryptionMode mode, Path logs, String client, String port)
      throws IOException {
    start(
        children,
        logs,
        client,
        List.of("client", "--config", config(client).toString(), "--port", port),
        List.of(
            "--set",
            "encryption=" + mode.key(),
            "--set",
            // What was signed and revealed in one run must never meet another.
            "state_path=state-" + run,
            "--joined-file",
            joined(logs, client).toString()));
  }

  private static Path joined(Path logs, String client) {
    return logs.resolve(client + ".joined");
  }

  private static void start(
      Children children, Path logs, String name, List<String> verb, List<String> options)
      throws IOException {
    List<String> words = new ArrayList<>(verb);
    words.addAll(options);
    words.addAll(
        List.of(
            "--parent",
            Long.toString(ProcessHandle.current().pid()),
            "--log",
            logs.resolve(name + ".log").toString()));
    File printed = logs.resolve(name + ".txt").toFile();
    children.start(
        name,
        JavaCommand.of(MEGABYTES, words),
        Redirect.PIPE,
        Redirect.appendTo(printed),
        Redirect.appendTo(printed));
  }

  private static String awaitPort(Children children, Path file, Path logs)
      throws IOException, InterruptedException, CommandFailed {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PORT_SECONDS);
    while (System.nanoTime() < deadline && children.isAlive(COORDINATOR)) {
      Optional<String> port = Signal.text(file);
      if (port.isPresent()) {
        return port.get();
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    throw failed(COORDINATOR, logs);
  }

  private static CommandFailed failed(String name, Path logs) throws IOException {
    Path printed = logs.resolve(name + ".txt");
    return new CommandFailed(
        ExitCode.UNEXPECTED,
        "%s ended before the run did (expected: all rounds); it printed: %s"
            .formatted(name, Files.exists(printed) ? Files.readString(printed).strip() : ""));
  }
}
