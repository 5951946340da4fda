package ai.cifer.systemtests;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;
import java.util.function.Predicate;

/// A moment of round 2 of a run, as its coordinator tells it.
enum CoordinatorMoment {
  RUN_STARTED(event -> event instanceof RunEvent.RunStarted),
  FIRST_ROUND_OPENED(event -> event instanceof RunEvent.RoundOpened opened && opened.round() == 1),
  CLIENT_READY(advanced(RoundEvent.ClientReady.class)),
  COMMITTED(advanced(RoundEvent.BeaconCommitted.class)),
  BEACON_OPENED(advanced(RoundEvent.BeaconOpened.class)),
  ROUND_OPENED(event -> event instanceof RunEvent.RoundOpened opened && opened.round() == 2),
  DOWNLOADING(progress("download")),
  TRAINED(progress("encrypt")),
  SEGMENT_STORED(advanced(RoundEvent.SegmentStored.class)),
  SHARES_CHECKED(advanced(RoundEvent.SharesChecked.class)),
  COHORT_SIGNED(advanced(RoundEvent.CohortSigned.class)),
  SUM_REVEALED(advanced(RoundEvent.SumRevealed.class)),
  SEGMENT_OPENED(advanced(RoundEvent.SegmentOpened.class)),
  MODEL_APPLIED(advanced(RoundEvent.ModelApplied.class)),
  ROUND_COMPLETED(event ->
      event instanceof RunEvent.RoundCompleted completed && completed.summary().round() == 2);

  private final Predicate<RunEvent> which;

  CoordinatorMoment(Predicate<RunEvent> which) {
    this.which = which;
  }

  boolean is(RunEvent event) {
    return which.test(event);
  }

  private static Predicate<RunEvent> advanced(Class<? extends RoundEvent> type) {
    return event ->
        event instanceof RunEvent.Advanced(int round, RoundEvent inner)
            && round == 2
            && type.isInstance(inner);
  }

  private static Predicate<RunEvent> progress(String step) {
    return event ->
        event instanceof RunEvent.Progress progress
            && progress.round() == 2
            && progress.step().equals(step);
  }
}
