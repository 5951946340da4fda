package ai.cifer.cli;

import ai.cifer.cli.terminal.Terminal;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cifer client`: a participant with data.
@Command(
    name = "client",
    description = {
      "Take part with data of your own: train in every round, send the protected update.",
      "The data never leaves this machine. A coordinator that offers less protection than",
      "this configuration demands is refused."
    },
    synopsisHeading = "Usage: ",
    optionListHeading = "%nOptions%n",
    sortOptions = false,
    footerHeading = "%nExamples%n",
    footer = {
      "  cifer client --config config.json",
      "  cifer client --config config.json --dataset hospital.npz",
      "  cifer client --config config.json --trainer \"python train.py\"",
      "",
      "config.json",
      "  {\"ip_address\": \"https://localhost\", \"port\": 5000, \"use_homomorphic\": true,",
      "   \"certfile\": \"certificate.pem\", \"keyfile\": \"private_key.pem\",",
      "   \"dataset_path\": \"hospital.npz\"}"
    })
final class ClientCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin RoleOptions role = new RoleOptions();

  @Option(
      names = "--dataset",
      paramLabel = "FILE",
      description = "The data to train on (dataset_path), instead of the file's.")
  Optional<Path> dataset = Optional.empty();

  @Option(
      names = "--trainer",
      paramLabel = "WORDS",
      description = {
        "What trains (trainer), instead of the file's: djl, or a command such as",
        "\"python train.py\", started where you are."
      })
  Optional<String> trainer = Optional.empty();

  ClientCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  Map<String, String> overrides() {
    Map<String, String> overrides = role.overrides();
    trainer.ifPresent(words -> overrides.putAll(RoleOptions.trainer(words)));
    dataset.ifPresent(file -> overrides.put("dataset_path", file.toAbsolutePath().toString()));
    return overrides;
  }

  @Override
  public Integer call() throws Exception {
    return new Participation(terminal, role, overrides()).client().number();
  }
}
