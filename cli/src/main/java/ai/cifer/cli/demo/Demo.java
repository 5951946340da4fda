package ai.cifer.cli.demo;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.history.RunDocument;
import ai.cifer.cli.terminal.Colour;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Glyphs;
import ai.cifer.cli.terminal.Places;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.secagg.round.HelperTrust;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Federated training on one machine, told from the first certificate to the last file.
public final class Demo {

  private static final int PARTS_SHOWN = 8;

  private final Terminal terminal;
  private final DemoPlan plan;
  private final boolean json;
  private final boolean verbose;
  private final Terminal view;

  /// @param json whether standard output gets one document and nothing else
  public Demo(Terminal terminal, DemoPlan plan, boolean json, boolean verbose) {
    this.terminal = terminal;
    this.plan = plan;
    this.json = json;
    this.verbose = verbose;
    this.view = json ? terminal.silent() : terminal;
  }

  /// Runs it.
  ///
  /// @return the coordinator's exit code; with a comparison, a failure unless both models are the
  ///   same
  /// @throws CommandFailed if it cannot begin, or a participant can never take part
  public int run() throws CommandFailed, TrainingException, IOException, InterruptedException {
    DemoFolder folder = DemoFolder.create(plan.runs(), Clock.systemUTC());
    prepare(folder);
    return plan.mode() == DemoPlan.Mode.COMPARE ? compare(folder) : single(folder);
  }

  private void prepare(DemoFolder folder) throws CommandFailed, TrainingException, IOException {
    DemoSetup setup = new DemoSetup(plan, folder, Clock.systemUTC());
    view.print(
        view.paint(
            Colour.STRONG,
            "%d organisations train one model together; everything on this machine, each a process"
                .formatted(plan.clients())));
    setup.certify();
    view.print(
        "%s identities   an authority and %d certificates, made on the spot"
            .formatted(view.glyphs().branch(), plan.clients() + (plan.hasKeyHolder() ? 2 : 1)));
    List<DemoSetup.Part> parts = setup.deal();
    view.print(
        "%s data         %s, dealt unequally (Dirichlet, alpha %s, seed %d)"
            .formatted(
                view.glyphs().branch(), plan.dataset().getFileName(), plan.alpha(), plan.seed()));
    parts.stream().limit(PARTS_SHOWN).forEach(this::tell);
    if (parts.size() > PARTS_SHOWN) {
      view.print("%s   and %d more".formatted(view.glyphs().trunk(), parts.size() - PARTS_SHOWN));
    }
    setup.model();
    setup.configure();
    view.print("%s folder       %s".formatted(view.glyphs().last(), Places.shown(folder.path())));
  }

  private void tell(DemoSetup.Part part) {
    StringBuilder counts = new StringBuilder();
    for (long count : part.classCounts()) {
      counts.append(String.format(Locale.ROOT, "%5d", count));
    }
    view.print(
        "%s   %-10s %7s examples, by class%s"
            .formatted(
                view.glyphs().trunk(), part.client(), Figures.count(part.examples()), counts));
  }

  private int single(DemoFolder folder)
      throws CommandFailed, TrainingException, IOException, InterruptedException {
    Federation federation = new Federation(terminal, plan, folder, !json, verbose);
    boolean encrypted = plan.mode() == DemoPlan.Mode.ENCRYPTED;
    Federation.Outcome outcome = federation.run(folder.id(), encrypted);
    Optional<Metrics> centralised = centralised(folder, outcome);
    if (outcome.document().isPresent()) {
      RunDocument run = outcome.document().get();
      if (json) {
        terminal.print(Json.text(new DemoDocument(run, centralised.orElse(null))));
      } else {
        ending(folder, run, encrypted, centralised);
      }
    }
    return outcome.code();
  }

  private int compare(DemoFolder folder)
      throws CommandFailed, TrainingException, IOException, InterruptedException {
    Federation federation = new Federation(terminal, plan, folder, !json, verbose);
    view.print("");
    Federation.Outcome encrypted = federation.run(folder.id() + "-encrypted", true);
    if (encrypted.code() != ExitCode.OK.number() || encrypted.document().isEmpty()) {
      return encrypted.code();
    }
    view.print("");
    Federation.Outcome plain = federation.run(folder.id() + "-plain", false);
    if (plain.code() != ExitCode.OK.number() || plain.document().isEmpty()) {
      return plain.code();
    }
    Path root = plan.runs().resolve(folder.id());
    Comparison comparison =
        Comparison.of(root.toString(), encrypted.document().get(), plain.document().get());
    Json.write(comparison, root.resolve("comparison.json"));
    if (json) {
      terminal.print(Json.text(comparison));
    }
    view.print("");
    comparison.lines().forEach(view::print);
    if (!comparison.identical()) {
      throw new CommandFailed(
          ExitCode.UNEXPECTED,
          "%s (expected: bit-identical, since rounding does not depend on encryption)"
              .formatted(comparison.difference()));
    }
    view.print(
        view.paint(
            Colour.GOOD, "the two models are bit-identical: encryption cost no accuracy at all"));
    view.print("both in " + Places.shown(root.resolve("comparison.json")));
    return ExitCode.OK.number();
  }

  private Optional<Metrics> centralised(DemoFolder folder, Federation.Outcome outcome)
      throws CommandFailed, TrainingException {
    if (!plan.centralised() || outcome.code() != ExitCode.OK.number()) {
      return Optional.empty();
    }
    view.print("");
    view.print(
        "the same network on all data in one place, %s"
            .formatted(Figures.counted(plan.rounds(), "epoch")));
    List<Metrics> metrics =
        new Centralised(plan, folder.model())
            .run((quality, epoch) ->
                view.print(
                    "%s epoch %2d   accuracy %s   loss %s"
                        .formatted(
                            epoch < plan.rounds() ? view.glyphs().branch() : view.glyphs().last(),
                            epoch,
                            Figures.percent(quality.accuracy()),
                            Figures.loss(quality.loss()))));
    return Optional.of(metrics.getLast());
  }

  private void ending(
      DemoFolder folder, RunDocument run, boolean encrypted, Optional<Metrics> centralised) {
    Glyphs glyphs = view.glyphs();
    RunDocument.Quality last = run.last();
    if (centralised.isPresent() && last != null) {
      view.print(
          "federated is %s of centralised: %s of %s"
              .formatted(
                  Figures.ratio(last.accuracy() / centralised.get().accuracy()),
                  Figures.percent(last.accuracy()),
                  Figures.percent(centralised.get().accuracy())));
    }
    view.print("");
    view.print(view.paint(Colour.STRONG, "who could read what"));
    view.print(
        "%s a client      its own images and its own update, %s"
            .formatted(
                glyphs.branch(),
                // PROTOCOL 2.4.
                plan.clients() > 2
                    ? "nobody else's"
                    : "but of two each can work out the other's from the sum"));
    if (encrypted) {
      view.print(
          "%s coordinator   the sum of all updates of a round, and the model; it holds no key"
              .formatted(glyphs.branch()));
      view.print(
          plan.hasKeyHolder()
              ? "%s key-holder    which clients are in a sum%s; it sees no update"
                  .formatted(
                      glyphs.last(),
                      plan.encryption().scheme().isPresent() ? ", and the sum" : ", not the sum")
              : "%s to read one update the coordinator and %d of the %d clients would have to collude"
                  .formatted(
                      glyphs.last(),
                      HelperTrust.MALICIOUS_THIRD.threshold(plan.clients()),
                      plan.clients()));
    } else {
      view.print(
          "%s coordinator   every single update: this run was not encrypted"
              .formatted(glyphs.last()));
    }
    view.print("");
    next(folder, run, encrypted);
  }

  private void next(DemoFolder folder, RunDocument run, boolean encrypted) {
    Glyphs glyphs = view.glyphs();
    String cifer = Places.command();
    String files = Places.shown(folder.path());
    view.print(view.paint(Colour.STRONG, "next"));
    view.print(
        "%s %s runs show %s   one line a round".formatted(glyphs.branch(), cifer, run.run()));
    view.print(
        encrypted
            ? "%s %s demo --compare   the same also unencrypted, side by side"
                .formatted(glyphs.branch(), cifer)
            : "%s %s demo   the same encrypted".formatted(glyphs.branch(), cifer));
    view.print(
        "%s the roles by hand, each in a terminal of its own, with the files of this demo:"
            .formatted(glyphs.last()));
    byHand(cifer, "server", files + "/coordinator/server.json", encrypted);
    if (encrypted && plan.hasKeyHolder()) {
      byHand(cifer, "key-holder", files + "/key-holder/key-holder.json", true);
    }
    byHand(cifer, "client", files + "/client-1/config.json", encrypted);
    view.print("     and the other clients alike");
  }

  private void byHand(String cifer, String role, String config, boolean encrypted) {
    view.print(
        "     %s %s --config %s%s"
            .formatted(cifer, role, config, encrypted ? "" : " --set encryption=none"));
  }
}
