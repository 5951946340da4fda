package ai.cifer.systemtests;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.round.RoundEvent;

/// A moment of round 2 of a run, unless its name says another, as its coordinator tells it.
enum CoordinatorMoment {
  RUN_STARTED,
  FIRST_ROUND_OPENED,
  CLIENT_READY,
  COMMITTED,
  BEACON_OPENED,
  ROUND_OPENED,
  DOWNLOADING,
  TRAINED,
  SEGMENT_STORED,
  SHARES_CHECKED,
  COHORT_SIGNED,
  SEGMENT_ABANDONED,
  SUM_REVEALED,
  SEGMENT_OPENED,
  MODEL_APPLIED,
  ROUND_COMPLETED;

  boolean is(RunEvent event) {
    return switch (this) {
      case RUN_STARTED -> event instanceof RunEvent.RunStarted;
      case FIRST_ROUND_OPENED ->
          event instanceof RunEvent.RoundOpened opened && opened.round() == 1;
      case ROUND_OPENED -> event instanceof RunEvent.RoundOpened opened && opened.round() == 2;
      case DOWNLOADING -> isProgress(event, "download");
      case TRAINED -> isProgress(event, "encrypt");
      case CLIENT_READY -> isAdvanced(event, RoundEvent.ClientReady.class);
      case COMMITTED -> isAdvanced(event, RoundEvent.BeaconCommitted.class);
      case BEACON_OPENED -> isAdvanced(event, RoundEvent.BeaconOpened.class);
      case SEGMENT_STORED -> isAdvanced(event, RoundEvent.SegmentStored.class);
      case SHARES_CHECKED -> isAdvanced(event, RoundEvent.SharesChecked.class);
      case COHORT_SIGNED -> isAdvanced(event, RoundEvent.CohortSigned.class);
      case SEGMENT_ABANDONED -> event instanceof RunEvent.SegmentAbandoned;
      case SUM_REVEALED -> isAdvanced(event, RoundEvent.SumRevealed.class);
      case SEGMENT_OPENED -> isAdvanced(event, RoundEvent.SegmentOpened.class);
      case MODEL_APPLIED -> isAdvanced(event, RoundEvent.ModelApplied.class);
      case ROUND_COMPLETED ->
          event instanceof RunEvent.RoundCompleted completed && completed.summary().round() == 2;
    };
  }

  private static boolean isAdvanced(RunEvent event, Class<? extends RoundEvent> type) {
    return event instanceof RunEvent.Advanced(int round, RoundEvent inner)
        && round == 2
        && type.isInstance(inner);
  }

  private static boolean isProgress(RunEvent event, String step) {
    return event instanceof RunEvent.Progress progress
        && progress.round() == 2
        && progress.step().equals(step);
  }
}
