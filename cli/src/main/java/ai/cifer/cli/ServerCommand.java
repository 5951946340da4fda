package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cifer server`: the coordinator of a run.
@Command(
    name = "server",
    description = {
      "Coordinate a run: open rounds, add up what clients send, publish the model.",
      "Updates stay unreadable to it unless the configuration says \"encryption\": \"none\"."
    },
    synopsisHeading = "Usage: ",
    optionListHeading = "%nOptions%n",
    sortOptions = false,
    footerHeading = "%nExamples%n",
    footer = {
      "  cifer server --config server.json",
      "  cifer server --config server.json --rounds 3 --set learning_rate=0.1",
      "",
      "server.json",
      "  {\"ip_address\": \"https://localhost\", \"port\": 5000, \"n_round_clients\": 4,",
      "   \"use_homomorphic\": true, \"certfile\": \"certificate.pem\", \"keyfile\": \"private_key.pem\",",
      "   \"dataset_path\": \"test.npz\", \"model_path\": \"model.safetensors\", \"rounds\": 10}"
    })
final class ServerCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin RoleOptions role = new RoleOptions();

  @Option(
      names = "--trainer",
      paramLabel = "WORDS",
      description = {
        "What evaluates (trainer), instead of the file's: djl, or a command such as",
        "\"python train.py\", started where you are."
      })
  Optional<String> trainer = Optional.empty();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How many rounds, instead of the file's.")
  Optional<Integer> rounds = Optional.empty();

  @Option(
      names = "--clients",
      paramLabel = "N",
      description = "Clients per round (n_round_clients), instead of the file's.")
  Optional<Integer> clients = Optional.empty();

  @Option(
      names = "--encryption",
      paramLabel = "MODE",
      description =
          "secure-aggregation, key-holder, ckks, paillier or none, instead of the file's.")
  Optional<String> encryption = Optional.empty();

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "Where the run's folder goes (runs_path), instead of the file's.")
  Optional<Path> runs = Optional.empty();

  @Option(
      names = "--run-id",
      paramLabel = "NAME",
      description = "The run's id (default: made from the time).")
  Optional<String> runId = Optional.empty();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "How the result is printed: text or json (default: ${DEFAULT-VALUE}).")
  Format format = Format.TEXT;

  // The run begins when this file is there; without, at once.
  @Option(names = "--begin-file", paramLabel = "FILE", hidden = true)
  Optional<Path> beginFile = Optional.empty();

  // Gets the port once clients can connect to it.
  @Option(names = "--port-file", paramLabel = "FILE", hidden = true)
  Optional<Path> portFile = Optional.empty();

  // Gets the document that --format json prints.
  @Option(names = "--result-file", paramLabel = "FILE", hidden = true)
  Optional<Path> resultFile = Optional.empty();

  ServerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  Map<String, String> overrides() {
    Map<String, String> overrides = role.overrides();
    trainer.ifPresent(words -> overrides.putAll(RoleOptions.trainer(words)));
    rounds.ifPresent(number -> overrides.put("rounds", number.toString()));
    clients.ifPresent(number -> overrides.put("n_round_clients", number.toString()));
    encryption.ifPresent(mode -> overrides.put("encryption", mode));
    // What a person types is relative to where that person is, not to the file.
    runs.ifPresent(folder -> overrides.put("runs_path", folder.toAbsolutePath().toString()));
    runId.ifPresent(id -> overrides.put("run_id", id));
    return overrides;
  }

  @Override
  public Integer call() throws Exception {
    ExitCode code =
        new Coordination(terminal, role, overrides(), format == Format.JSON)
            .run(portFile, beginFile, resultFile);
    return code.number();
  }
}
