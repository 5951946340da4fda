package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.terminal.Captured;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RoleOverridesTest {

  @Test
  void whatIsTypedBecomesKeysOfTheConfiguration() {
    ServerCommand command = new ServerCommand(Captured.file().terminal());
    new CommandLine(command)
        .registerConverter(Format.class, Format::of)
        .parseArgs(
            "--config",
            "server.json",
            "--port",
            "5001",
            "--rounds",
            "3",
            "--clients",
            "2",
            "--encryption",
            "none",
            "--runs",
            "out",
            "--run-id",
            "a",
            "--set",
            "clip=2",
            "--set",
            "strategy=fedavg");
    assertThat(command.overrides())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "port", "5001",
                "rounds", "3",
                "n_round_clients", "2",
                "encryption", "none",
                "runs_path", Path.of("out").toAbsolutePath().toString(),
                "run_id", "a",
                "clip", "2",
                "strategy", "fedavg"));
  }

  @Test
  void aDatasetIsRelativeToWhereOneIs() {
    ClientCommand command = new ClientCommand(Captured.file().terminal());
    new CommandLine(command).parseArgs("--config", "x/config.json", "--dataset", "mine.npz");
    assertThat(command.overrides())
        .isEqualTo(Map.of("dataset_path", Path.of("mine.npz").toAbsolutePath().toString()));
  }
}
