package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.node.Plugins;
import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.CertificateRequest;
import ai.cifer.node.identity.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The processes of one test in a folder of their own, or, in a static field, those of all tests of
/// a class: nothing of them is left afterwards, and what they printed is part of the failure's
/// report.
final class Federation
    implements BeforeAllCallback,
        BeforeEachCallback,
        TestExecutionExceptionHandler,
        AfterEachCallback,
        AfterAllCallback {
  /// Values of the model that federations train unless a test makes its own.
  static final long PARAMETERS = 15_050;

  static final String RUN = "run";
  private static final Duration START = Duration.ofSeconds(60);
  private static final JsonMapper JSON = new JsonMapper();

  private final List<Cifer> processes = new ArrayList<>();
  private Path folder = Path.of("");
  private int port;

  /// The mode of everybody that is configured from now on.
  private String encryption = "key-holder";

  /// Seconds that a participant may be silent; short, so that tests of faults are.
  private static final double PATIENCE_SECONDS = 5;

  /// Whether all tests of a class share the processes.
  private boolean shared;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    shared = true;
    begin();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    if (!shared) {
      begin();
    }
  }

  private void begin() throws Exception {
    folder = Files.createTempDirectory("cifer-system-test");
    Identities.copy(folder);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    failure.addSuppressed(
        new AssertionError(
            processes.stream().map(Cifer::report).collect(Collectors.joining("\n", "\n", ""))
                + "\n---- events\n"
                + (Files.exists(eventLog()) ? Files.readString(eventLog()) : "none")));
    throw failure;
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    if (!shared) {
      end();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    end();
  }

  private void end() throws Exception {
    processes.forEach(Cifer::close);
    processes.clear();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  Path folder() {
    return folder;
  }

  /// The folder of a participant.
  Path of(String participant) {
    return folder.resolve(participant);
  }

  /// Where the coordinator listens.
  int port() {
    return port;
  }

  /// Gives a further client its folder, key and certificate.
  void enrol(String client) throws IOException {
    Path authority = folder.resolve("authority");
    CertificateRequest request =
        CertificateRequest.create(of(client), Role.CLIENT, client, List.of());
    try (Authority signing = Authority.open(authority)) {
      signing.sign(
          request,
          Duration.ofDays(1),
          InstantSource.system(),
          of(client).resolve("certificate.pem"));
    }
    Files.copy(authority.resolve(Authority.CERTIFICATE_FILE), of(client).resolve("ca.pem"));
  }

  /// Has everybody that is started from now on use this mode.
  void encryption(String mode) {
    encryption = mode;
  }

  /// Has participants that are started from now on connect to this port.
  void port(int number) {
    port = number;
  }

  /// Starts any command in the federation's folder.
  Cifer start(String name, List<String> jvm, List<String> words) throws IOException {
    Cifer command = Cifer.start(folder, name, jvm, words);
    processes.add(command);
    return command;
  }

  /// Starts a program of the tests in the federation's folder.
  Cifer start(String name, Class<?> program, List<String> words) throws IOException {
    Cifer process = Cifer.start(folder, name, Cifer.small(96), program.getName(), words);
    processes.add(process);
    return process;
  }

  /// Starts a coordinator for four clients, with the run id [#RUN], and waits until it listens.
  ///
  /// @param keys of its configuration, besides those that every federation needs
  Cifer server(Map<String, ?> keys) throws IOException {
    return server(Cifer.small(96), keys);
  }

  Cifer server(List<String> jvm, Map<String, ?> keys) throws IOException {
    Path portFile = folder.resolve("port");
    Files.deleteIfExists(portFile);
    Cifer server = start("coordinator", jvm, serverWords(keys, "--port-file", portFile.toString()));
    Wait.until("the coordinator listens", START, () -> Files.exists(portFile) || !server.isAlive());
    assertThat(server.isAlive()).as(server::report).isTrue();
    port = Integer.parseInt(Files.readString(portFile));
    return server;
  }

  /// Writes a coordinator's configuration.
  ///
  /// @return the words of the command that runs it
  List<String> serverWords(Map<String, ?> keys, String... more) throws IOException {
    if (!Files.exists(folder.resolve("model.safetensors"))) {
      model(PARAMETERS);
    }
    Map<String, Object> all = common(0);
    all.putAll(
        Map.of(
            "n_round_clients",
            4,
            "min_clients",
            3,
            "rounds",
            10,
            "model_path",
            "../model.safetensors",
            "runs_path",
            "runs",
            "run_id",
            RUN));
    all.putAll(keys);
    return words("server", configure("coordinator", "server.json", all), more);
  }

  /// Starts a client.
  ///
  /// @param data see [GatedTrainerProvider]
  Cifer client(String name, Map<String, ?> data) throws IOException {
    return client(Cifer.small(64), name, data);
  }

  Cifer client(List<String> jvm, String name, Map<String, ?> data) throws IOException {
    return start(name, jvm, clientWords(name, data, Map.of()));
  }

  /// Starts a client whose configuration has more keys than those that every federation needs.
  Cifer client(String name, Map<String, ?> data, Map<String, ?> keys) throws IOException {
    return start(name, Cifer.small(64), clientWords(name, data, keys));
  }

  /// Writes a client's data and configuration.
  ///
  /// @return the words of the command that runs it
  List<String> clientWords(String name, Map<String, ?> data, Map<String, ?> keys)
      throws IOException {
    Files.write(
        of(name).resolve("data.properties"),
        data.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList());
    Map<String, Object> all = common(port);
    all.put("dataset_path", "data.properties");
    all.put("seed", name.hashCode());
    all.putAll(keys);
    return words("client", configure(name, "config.json", all));
  }

  /// Starts clients 1 to `count`, each with data of its own size.
  List<Cifer> clients(int count) throws IOException {
    List<Cifer> clients = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      clients.add(client("client-" + i, Map.of("examples", 100 + 37 * i)));
    }
    return clients;
  }

  Cifer keyHolder() throws IOException {
    return start("key-holder", Cifer.small(64), keyHolderWords(Map.of()));
  }

  List<String> keyHolderWords(Map<String, ?> keys) throws IOException {
    Map<String, Object> all = common(port);
    all.remove("trainer");
    all.putAll(keys);
    return words("key-holder", configure("key-holder", "key-holder.json", all));
  }

  private Map<String, Object> common(int port) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("base_api", "https://localhost");
    all.put("port", port);
    all.put("certfile", "certificate.pem");
    all.put("keyfile", "private_key.pem");
    all.put("patience", PATIENCE_SECONDS);
    all.put("trainer", GatedTrainerProvider.NAME);
    all.put("encryption", encryption);
    return all;
  }

  private Path configure(String participant, String file, Map<String, Object> keys)
      throws IOException {
    Path config = of(participant).resolve(file);
    Files.write(config, JSON.writeValueAsBytes(keys));
    return config;
  }

  // Whoever starts a process may be killed itself, for example by an impatient person.
  private static List<String> words(String verb, Path config, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                verb,
                "--config",
                config.toString(),
                "--parent",
                Long.toString(ProcessHandle.current().pid())));
    words.addAll(List.of(more));
    return words;
  }

  /// Writes the initial model.
  void model(long parameters) throws IOException {
    ModelLayout layout =
        new ModelLayout(
            List.of(
                new TensorSpec("dense.weight", List.of(Math.toIntExact(parameters - 50))),
                new TensorSpec("dense.bias", List.of(50))));
    Path file = folder.resolve("model.safetensors");
    Path values = folder.resolve("model.f32");
    try (Tensors tensors = Tensors.create(values, layout)) {
      tensors.write(3, new float[] {0.25f, -1f}, 2);
      Plugins.format(file).write(new GlobalModel("none", tensors), file);
    } catch (ai.cifer.node.NodeException | ai.cifer.fedlearn.train.TrainingException failure) {
      throw new IOException(failure);
    }
    Files.delete(values);
  }

  /// The folder of the run.
  Path runFolder() {
    return of("coordinator").resolve("runs").resolve(RUN);
  }

  private Path eventLog() {
    return runFolder().resolve("events.jsonl");
  }

  /// All events that are in the log by now.
  List<JsonNode> events() throws IOException {
    if (!Files.exists(eventLog())) {
      return List.of();
    }
    String text = Files.readString(eventLog());
    // The last line may be half written.
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(JSON::readTree).toList();
  }

  /// The events of one kind.
  List<JsonNode> events(String kind) throws IOException {
    return events().stream().filter(event -> event.get("event").asString().equals(kind)).toList();
  }

  /// Waits for an event of a kind.
  JsonNode awaitEvent(String kind, Predicate<JsonNode> which) throws IOException {
    Wait.until("event " + kind, Duration.ofMinutes(2), () -> events(kind).stream().anyMatch(which));
    return events(kind).stream().filter(which).findFirst().orElseThrow();
  }

  /// Waits until the trainer of `client` is in the round that its data say `hold` for.
  void awaitHolding(String client) {
    Wait.until(
        client + " trains",
        Duration.ofMinutes(2),
        () -> Files.exists(of(client).resolve("holding")));
  }

  /// Lets a trainer that holds go on.
  void letGo(String client) throws IOException {
    Files.createFile(of(client).resolve("go"));
  }

  /// Planned and actual clients of the completed rounds, by the number of the round.
  Map<Integer, String> plannedAndActual() throws IOException {
    Map<Integer, String> counts = new TreeMap<>();
    for (JsonNode event : events("round_completed")) {
      counts.put(
          event.get("round").asInt(),
          event.get("planned_clients").asInt()
              + " planned, "
              + event.get("actual_clients").asInt()
              + " actual");
    }
    return counts;
  }
}
