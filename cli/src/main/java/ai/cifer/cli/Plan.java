package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.model.ModelFiles;
import ai.cifer.cli.plan.PlanDocument;
import ai.cifer.cli.plan.PlanTables;
import ai.cifer.cli.plan.Planning;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.StatusLine;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.node.NodeException;
import ai.cifer.node.config.ServerConfig;
import ai.cifer.node.coordinator.StrategyChoice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `cifer plan` does.
final class Plan {
  private static final double QUIET_SECONDS = 2;

  private final Terminal terminal;
  private final boolean json;
  private final List<Long> examples;
  private final double mbit;
  private final boolean timed;

  Plan(Terminal terminal, boolean json, List<Long> examples, double mbit, boolean timed) {
    this.terminal = terminal;
    this.json = json;
    this.examples = examples;
    this.mbit = mbit;
    this.timed = timed;
  }

  void run(Path file, Map<String, String> overrides)
      throws CommandFailed, NodeException, InterruptedException {
    ServerConfig config = ServerConfig.read(file, overrides);
    StrategyChoice.requireFits(StrategyChoice.of(config), config);
    require(config);
    Path modelFile =
        config
            .model()
            .orElseThrow(() ->
                new CommandFailed(
                    ExitCode.CONFIG_INVALID,
                    file
                        + ": model_path is missing (expected: an initial model; make one with:"
                        + " cifer model init)"));
    GlobalModel model = ModelFiles.read(modelFile);
    PlanDocument document;
    long begun = System.nanoTime();
    try (Tensors tensors = model.tensors();
        StatusLine _ = StatusLine.start(terminal, () -> status(begun))) {
      document =
          new Planning(
                  config,
                  tensors.layout(),
                  model.architecture(),
                  ModelFiles.summary(modelFile).tensors(),
                  examples,
                  mbit,
                  timed,
                  certificateBytes(config.credentials().certificate()))
              .document(file.toString());
    }
    if (json) {
      terminal.print(Json.text(document));
    } else {
      new PlanTables(terminal).print(document);
    }
  }

  private void require(ServerConfig config) throws CommandFailed {
    if (!(mbit > 0 && mbit <= 1e6)) {
      throw new CommandFailed(
          ExitCode.USAGE, "--mbit: %s (expected: > 0 and <= 1000000)".formatted(mbit));
    }
    if (examples.stream().anyMatch(each -> each < 1)) {
      throw new CommandFailed(
          ExitCode.USAGE, "--examples: %s (expected: each >= 1)".formatted(examples));
    }
    if (examples.size() > config.roundClients()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--examples: %d clients (expected: <= n_round_clients, which is %d)"
              .formatted(examples.size(), config.roundClients()));
    }
  }

  private String status(long begun) {
    double waited = (System.nanoTime() - begun) / 1e9;
    return json || waited < QUIET_SECONDS
        ? ""
        : "measuring for %s, some seconds in all".formatted(Figures.duration(waited));
  }

  /// A plan needs no identity: without one a usual size is assumed, and said.
  private static Optional<Integer> certificateBytes(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(
          CertificateFactory.getInstance("X.509").generateCertificate(in).getEncoded().length);
    } catch (IOException | CertificateException none) {
      return Optional.empty();
    }
  }
}
