package ai.cifer.cli;

import ai.cifer.cli.terminal.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `cifer key-holder`: whoever opens sums.
@Command(
    name = "key-holder",
    description = {
      "Hold the clients' shares and help the coordinator to open their sum; only with",
      "\"encryption\": \"key-holder\", \"ckks\" or \"paillier\", for otherwise the clients do that",
      "for one another.",
      "It does so once a round, and only over a cohort of at least k_min certified clients.",
      "Run it where the coordinator has no access."
    },
    synopsisHeading = "Usage: ",
    optionListHeading = "%nOptions%n",
    sortOptions = false,
    footerHeading = "%nExample%n",
    footer = {
      "  cifer key-holder --config key-holder.json",
      "",
      "key-holder.json",
      "  {\"ip_address\": \"https://localhost\", \"port\": 5000, \"k_min\": 3,",
      "   \"certfile\": \"certificate.pem\", \"keyfile\": \"private_key.pem\"}"
    })
final class KeyHolderCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin RoleOptions role = new RoleOptions();

  KeyHolderCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    return new Participation(terminal, role, role.overrides()).keyHolder().number();
  }
}
