package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.fedlearn.round.RoundMachine;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import java.util.SortedSet;

/// What the worker does of an open round: opens its segments, and makes the next model of them.
final class OpeningWork {

  /// Progress is shown at most so often.
  private static final long PROGRESS_NANOS = 200_000_000;

  /// Takes in what came of it.
  interface Events {
    void accept(RoundEvent event);

    void accept(RoundEvent event, RoundJournal.Entry entry);

    /// Ends the round.
    void stop(NodeException failure);
  }

  private final Coordinator coordinator;
  private final RoundSetting setting;
  private final RoundMachine machine;
  private final RoundWork work;
  private final RoundReports reports;
  private final RoundJournal journal;
  private final RoundEnd end;
  private final Events events;

  OpeningWork(
      Coordinator coordinator,
      RoundSetting setting,
      RoundMachine machine,
      RoundWork work,
      RoundReports reports,
      RoundJournal journal,
      RoundEnd end,
      Events events) {
    this.coordinator = coordinator;
    this.setting = setting;
    this.machine = machine;
    this.work = work;
    this.reports = reports;
    this.journal = journal;
    this.end = end;
    this.events = events;
  }

  void open(OpenRound opened, int segment, SortedSet<String> cohort) {
    FoldInput input = opened.foldInput(segment, cohort);
    int reveals = machine.reveals(segment);
    int attempt = machine.attempt(segment);
    work.start(
        () -> opened.fold(input, progress("fold"), reports),
        outcome -> isOpen(opened, input, attempt, outcome),
        failure -> {
          if (failure.reason() == Reason.OPENING_FAILED) {
            end.openingFailed(failure);
            events.accept(
                new RoundEvent.OpeningFailed(
                    segment, attempt, reveals, String.valueOf(failure.getMessage())));
          } else {
            events.stop(failure);
          }
        });
  }

  private void isOpen(OpenRound opened, FoldInput input, int attempt, SegmentOutcome outcome) {
    int segment = input.segment();
    outcome
        .blamed()
        .forEach(helper -> events.accept(new RoundEvent.HelperBlamed(helper, segment, attempt)));
    var event = new RoundEvent.SegmentOpened(segment, attempt, outcome.examples());
    if (!machine.changes(event)) {
      return;
    }
    opened.opened(input, outcome);
    events.accept(
        event,
        new RoundJournal.SumOpened(event, outcome.clients(), outcome.result(), outcome.mean()));
    // Before the blocks go it must be on the disk that they are not needed any more.
    journal.keep();
    work.start(
        () -> {
          opened.discard(segment, attempt);
          return segment;
        },
        any -> {},
        events::stop);
  }

  void apply(OpenRound opened) {
    work.start(
        () -> {
          opened.apply(progress("evaluate"), reports);
          return setting.round();
        },
        any -> events.accept(new RoundEvent.ModelApplied()),
        events::stop);
  }

  private Trainer.Progress progress(String step) {
    long[] toldNanos = {System.nanoTime()};
    return (done, total) -> {
      if (System.nanoTime() - toldNanos[0] < PROGRESS_NANOS) {
        return;
      }
      toldNanos[0] = System.nanoTime();
      coordinator.later(() ->
          setting
              .listener()
              .on(
                  new RunEvent.Progress(
                      setting.round(), setting.identity().name(), step, done, total)));
    };
  }
}
