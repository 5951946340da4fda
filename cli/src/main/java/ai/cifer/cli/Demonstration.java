package ai.cifer.cli;

import ai.cifer.cli.demo.Demo;
import ai.cifer.cli.demo.DemoPlan;
import ai.cifer.cli.demo.DemoPlan.Mode;
import ai.cifer.cli.demo.ProjectData;
import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.log.Logs;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.nio.file.Path;

/// What `cifer demo` does: its options as a plan, carried out.
final class Demonstration {

  private final Terminal terminal;
  private final DemoCommand options;

  Demonstration(Terminal terminal, DemoCommand options) {
    this.terminal = terminal;
    this.options = options;
  }

  int run() throws CommandFailed, TrainingException, IOException, InterruptedException {
    if (options.common.verbose) {
      Logs.warningsToError();
    }
    return new Demo(terminal, plan(), options.common.json(), options.common.verbose).run();
  }

  private DemoPlan plan() throws CommandFailed {
    Path dataset = options.dataset.isPresent() ? options.dataset.get() : ProjectData.fashionMnist();
    Mode mode = options.compare ? Mode.COMPARE : options.plain ? Mode.PLAIN : Mode.ENCRYPTED;
    try {
      return new DemoPlan(
          options.clients,
          options.rounds,
          options.alpha,
          options.seed,
          options.model,
          dataset,
          options.out,
          options.encryption(),
          mode,
          options.centralised);
    } catch (IllegalArgumentException bad) {
      throw new CommandFailed(ExitCode.USAGE, String.valueOf(bad.getMessage()), bad);
    }
  }
}
