package ai.cifer.cli.history;

import ai.cifer.cli.terminal.Colour;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Glyphs;
import ai.cifer.cli.terminal.StatusLine;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.secagg.plan.EncryptionMode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// A run as a tree of rounds, printed as it happens.
///
/// ```
/// round  3 of 10   4 clients: client-1, client-2, client-3, client-4
/// ├─ ✗ client-3 withdrew: connection lost
/// ├─ in the sum        3 of 4      accuracy 78.12 %   loss 0.5931        9.31 s
/// ├─ bytes per client  up 863.2 kB (1.043 × float32)   down 827.7 kB
/// └─ seconds           train 7.91   encrypt 0.11   aggregate 0.02   open 0.04   evaluate 0.61
/// ```
public final class RoundTree implements RunListener, AutoCloseable {

  private static final int NAMES_SHOWN = 8;

  private final Terminal terminal;
  private final Glyphs glyphs;
  private final ProgressBoard board;
  private final StatusLine status;
  private final Set<String> told = new HashSet<>();
  private int rounds;

  /// Of these the rounds of training.
  private int training;

  private long float32Bytes;
  private boolean inRound;
  private String lastWaiting = "";

  /// @param nanoTime a clock for durations, `System::nanoTime`
  public RoundTree(Terminal terminal, LongSupplier nanoTime) {
    this.terminal = terminal;
    this.glyphs = terminal.glyphs();
    board = new ProgressBoard(glyphs, nanoTime);
    status = StatusLine.start(terminal, board::text);
  }

  @Override
  public void on(RunEvent event) {
    switch (event) {
      case RunEvent.RunStarted started -> runStarted(started);
      case RunEvent.RunResumed resumed -> runResumed(resumed);
      case RunEvent.Joined(String name, String role) -> note("joined: " + who(name, role));
      case RunEvent.Left(String name, String role, String reason) -> {
        board.gone(name);
        trouble(name, "left: %s, %s".formatted(who(name, role), reason));
      }
      case RunEvent.Waiting(int _, String reason) -> waiting(reason);
      case RunEvent.RoundOpened(int round, List<String> clients) -> roundOpened(round, clients);
      case RunEvent.Progress progress -> board.progress(progress);
      case RunEvent.Advanced(int _, RoundEvent inner) -> advanced(inner);
      case RunEvent.AttemptFailed(int _, int segment, int attempt, String reason) ->
          bad("segment %d attempt %d failed: %s".formatted(segment, attempt, reason));
      case RunEvent.SegmentAbandoned(int _, int segment, String reason) ->
          bad(
              "segment %d failed for good, its values stay as they were: %s"
                  .formatted(segment, reason));
      case RunEvent.Measuring(int more, List<String> steps) -> measuring(more, steps);
      case RunEvent.Measured(int _, int clients, int actual) -> measured(clients, actual);
      case RunEvent.RoundCompleted(RoundSummary summary) -> completed(summary);
      case RunEvent.RoundOverridden(int _, String by, String _, String reason) ->
          note("%s ends the round: %s".formatted(by, reason));
      case RunEvent.RoundVoided(int round, String reason) -> voided(round, reason);
      case RunEvent.StoppedEarly(int round, String reason) ->
          note("stopped after round %d: %s".formatted(round, reason));
      case RunEvent.RunEnded(String _, int completed, Optional<String> reason) ->
          ended(completed, reason);
    }
  }

  private void runStarted(RunEvent.RunStarted run) {
    rounds = run.rounds();
    training = rounds;
    float32Bytes = run.float32Bytes();
    terminal.print(terminal.paint(Colour.STRONG, "run " + run.run()));
    child(
        "encryption",
        "%s: %s"
            .formatted(run.encryption(), WhoOpens.in(EncryptionMode.of(run.encryption())).line()));
    child(
        "model",
        "%s, %s parameters, %s as float32"
            .formatted(
                run.architecture(),
                Figures.count(run.parameters()),
                Figures.bytes(run.float32Bytes())));
    String plan =
        "%s of up to %s, %s"
            .formatted(
                Figures.counted(run.rounds(), "round"),
                Figures.counted(run.clients(), "client"),
                run.strategy());
    if (run.initial().isPresent()) {
      child("plan", plan);
      lastChild("at the start", quality(run.initial().get()) + examples(run.initial().get()));
    } else {
      lastChild("plan", plan);
    }
  }

  private void runResumed(RunEvent.RunResumed run) {
    runStarted(run.started());
    terminal.print(
        "%s after %s with %s %d"
            .formatted(
                terminal.paint(Colour.STRONG, "goes on"),
                Figures.counted(run.rounds().size(), "round"),
                run.open() ? "the open round" : "round",
                run.round()));
  }

  private void roundOpened(int round, List<String> clients) {
    told.clear();
    lastWaiting = "";
    inRound = true;
    board.roundOpened(clients);
    terminal.print(
        "%s   %s: %s"
            .formatted(
                terminal.paint(Colour.STRONG, title(round)),
                Figures.counted(clients.size(), "client"),
                names(clients)));
  }

  // A participant does not know how many are planned, and a round without a result is made up for.
  private String title(int round) {
    return round <= rounds
        ? "round %2d of %d".formatted(round, rounds)
        : "round %2d".formatted(round);
  }

  private void measuring(int more, List<String> steps) {
    rounds += more;
    note(
        "%s before training: statistics over all participants for %s"
            .formatted(Figures.counted(more, "round"), String.join(", ", steps)));
  }

  private void measured(int clients, int actual) {
    board.clear();
    lastChild("measured", "%d of %d in the sum".formatted(actual, clients));
    inRound = false;
  }

  private void advanced(RoundEvent event) {
    switch (event) {
      case RoundEvent.ClientWithdrew(String client, String reason) -> {
        board.gone(client);
        trouble(client, "%s is out of this round: %s".formatted(client, reason));
      }
      case RoundEvent.HelperLost(String helper, String reason) ->
          trouble(helper, "%s is lost: %s".formatted(helper, reason));
      case RoundEvent.HelperRestarted(String helper) ->
          trouble(
              helper,
              "%s was restarted: it can still help to open what it signed, and nothing new in this round"
                  .formatted(helper));
      case RoundEvent.HelperDeclined(String helper, int segment, int _, String reason) ->
          trouble(
              helper, "%s does not help with segment %d: %s".formatted(helper, segment, reason));
      case RoundEvent.StatementDeclined(String helper, int segment, int attempt, String reason) ->
          bad(
              "%s does not state that nothing of segment %d attempt %d was revealed: %s"
                  .formatted(helper, segment, attempt, reason));
      case RoundEvent.SharesChecked checked -> {
        if (!checked.complaints().isEmpty()) {
          bad(
              "%s could not open the shares of %s in segment %d"
                  .formatted(
                      checked.helper(),
                      String.join(", ", checked.complaints()),
                      checked.segment()));
        }
      }
      case RoundEvent.HelperBlamed(String helper, int segment, int _) ->
          bad(
              "%s gave a wrong part of the key of segment %d; the others' parts corrected it"
                  .formatted(helper, segment));
      case RoundEvent.OpeningFailed(int segment, int _, int _, String reason) ->
          bad("segment %d did not open: %s".formatted(segment, reason));
      case RoundEvent.SegmentStored(String _, int segment, int attempt) -> {
        if (attempt > 0 && told.add("segment %d attempt %d".formatted(segment, attempt))) {
          note("segment %d attempt %d: sent again under fresh keys".formatted(segment, attempt));
        }
      }
      case RoundEvent.BeaconOpened(String _, int draw) -> {
        if (told.add("draw %d".formatted(draw))) {
          note("helpers are drawn, draw %d".formatted(draw));
        }
      }
      case RoundEvent.ClientReady _,
          RoundEvent.BeaconCommitted _,
          RoundEvent.HelpersDrawn _,
          RoundEvent.HelperReady _,
          RoundEvent.GatheringEnded _,
          RoundEvent.AttemptRenounced _,
          RoundEvent.CohortSigned _,
          RoundEvent.SumRevealed _,
          RoundEvent.SegmentOpened _,
          RoundEvent.ModelApplied _,
          RoundEvent.RoundStopped _ -> {}
    }
  }

  private void completed(RoundSummary summary) {
    board.clear();
    int planned = summary.planned().size();
    int actual = summary.actual().size();
    String sum = "%-9s".formatted("%d of %d".formatted(actual, planned));
    child(
        "in the sum",
        "%s %s   %s s"
            .formatted(
                actual < planned ? terminal.paint(Colour.NOTE, sum) : sum,
                summary.metrics().map(this::quality).orElse("not evaluated"),
                Figures.seconds(summary.times().total())));
    summary
        .onClients()
        .ifPresent(figures ->
            child(
                "on the clients",
                "accuracy %s +- %s   loss %s   before the round"
                    .formatted(
                        Figures.percent(figures.accuracy()),
                        Figures.percent(figures.spread()),
                        Figures.loss(figures.loss()))));
    summary
        .privacy()
        .ifPresent(spent ->
            child(
                "privacy spent",
                String.format(
                    Locale.ROOT, "epsilon %.3g at delta %.1g", spent.epsilon(), spent.delta())));
    child(
        "bytes per client",
        "up %s%s   down %s"
            .formatted(
                Figures.bytes(summary.uploadBytes()),
                float32Bytes > 0
                    ? " (%s %s float32)"
                        .formatted(
                            Figures.ratio((double) summary.uploadBytes() / float32Bytes),
                            glyphs.times())
                    : "",
                Figures.bytes(summary.downloadBytes())));
    lastChild("seconds", seconds(summary.times()));
    inRound = false;
  }

  private static String seconds(RoundSummary.Times times) {
    return "train %s   encrypt %s   aggregate %s   open %s   evaluate %s"
        .formatted(
            Figures.seconds(times.train()),
            Figures.seconds(times.encrypt()),
            Figures.seconds(times.aggregate()),
            Figures.seconds(times.open()),
            Figures.seconds(times.evaluate()));
  }

  private String quality(Metrics metrics) {
    return "accuracy %s   loss %s"
        .formatted(
            terminal.paint(Colour.GOOD, "%7s".formatted(Figures.percent(metrics.accuracy()))),
            Figures.loss(metrics.loss()));
  }

  private static String examples(Metrics metrics) {
    return "   on %s examples".formatted(Figures.count(metrics.examples()));
  }

  private void voided(int round, String reason) {
    board.clear();
    String text = "round %d has no result, the model stays as it was: %s".formatted(round, reason);
    String sign = inRound ? glyphs.last() : glyphs.bullet();
    terminal.print(sign + " " + terminal.paint(Colour.BAD, glyphs.bad() + " " + text));
    inRound = false;
  }

  private void ended(int completed, Optional<String> reason) {
    board.clear();
    status.close();
    if (reason.isPresent()) {
      // Only the coordinator knows how many were planned.
      String count =
          rounds > 0
              ? "%d of %d rounds".formatted(completed, training)
              : completed == 1 ? "1 round" : "%d rounds".formatted(completed);
      String text = "ended after %s: %s".formatted(count, reason.get());
      terminal.print(terminal.paint(Colour.BAD, glyphs.bad() + " " + text));
    } else {
      terminal.print(
          terminal.paint(
              Colour.GOOD,
              completed == 1 ? "the round is done" : "all %d rounds done".formatted(completed)));
    }
  }

  private void waiting(String reason) {
    board.waiting(reason);
    // The coordinator repeats it with every patience that passes; people read it once.
    if (!reason.equals(lastWaiting)) {
      lastWaiting = reason;
      note("waiting: " + reason);
    }
  }

  // A loss comes twice, from the connection and from the phase machine; the first one says why.
  private void trouble(String name, String text) {
    if (told.add(name)) {
      bad(text);
    }
  }

  private void bad(String text) {
    note(terminal.paint(Colour.BAD, glyphs.bad()) + " " + text);
  }

  private void note(String text) {
    terminal.print((inRound ? glyphs.branch() : glyphs.bullet()) + " " + text);
  }

  private void child(String label, String text) {
    terminal.print("%s %-17s %s".formatted(glyphs.branch(), label, text));
  }

  private void lastChild(String label, String text) {
    terminal.print("%s %-17s %s".formatted(glyphs.last(), label, text));
  }

  private static String who(String name, String role) {
    return name.equals(role) ? name : "%s (%s)".formatted(name, role);
  }

  private static String names(List<String> names) {
    if (names.size() <= NAMES_SHOWN) {
      return String.join(", ", names);
    }
    return "%s, and %d more"
        .formatted(String.join(", ", names.subList(0, NAMES_SHOWN)), names.size() - NAMES_SHOWN);
  }

  @Override
  public void close() {
    status.close();
  }
}
