package ai.cifer.cli.bench.round;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;

/// What `cifer bench round` measures.
///
/// @param clients processes that send an update in every round, 2 to 32
/// @param params of the model
/// @param rounds of each run, the first of which is told apart
/// @param pairs how often an unencrypted and an encrypted run follow one another
public record RoundPlan(int clients, long params, int rounds, int pairs) {
  private static final int MOST_CLIENTS = 32;
  private static final long MOST_PARAMS = 1_000_000_000;
  private static final int MOST_ROUNDS = 1000;
  private static final int MOST_PAIRS = 100;

  /// @throws CommandFailed if a figure is out of its range
  public RoundPlan checked() throws CommandFailed {
    require("--clients", clients, 2, MOST_CLIENTS);
    require("--params", params, 1, MOST_PARAMS);
    require("--rounds", rounds, 2, MOST_ROUNDS);
    require("--pairs", pairs, 1, MOST_PAIRS);
    return this;
  }

  private static void require(String name, long value, long least, long most) throws CommandFailed {
    if (value < least || value > most) {
      throw new CommandFailed(
          ExitCode.USAGE, "%s: %d (expected: %d to %d)".formatted(name, value, least, most));
    }
  }
}
