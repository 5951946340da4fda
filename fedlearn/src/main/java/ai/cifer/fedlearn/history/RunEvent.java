package ai.cifer.fedlearn.history;

import ai.cifer.fedlearn.round.RoundEvent;
import ai.cifer.fedlearn.train.Metrics;
import java.util.List;
import java.util.Optional;

/// What happens in a run, for people, logs and pages to follow. Carries no tensor and no key.
public sealed interface RunEvent {

  /// @param encryption the mode, as the config names it
  /// @param rounds how many rounds are planned
  /// @param clients how many clients a round takes at most
  /// @param float32Bytes size of the model's values as float32
  /// @param initial quality of the initial model, if the coordinator has data
  record RunStarted(
      String run,
      String encryption,
      String strategy,
      String architecture,
      int rounds,
      int clients,
      long parameters,
      long float32Bytes,
      Optional<Metrics> initial)
      implements RunEvent {}

  /// A run whose coordinator ended goes on where it stood.
  ///
  /// @param started what was told when it began
  /// @param rounds completed so far
  /// @param round the one that is next, or that was open
  /// @param open whether that one was open
  record RunResumed(RunStarted started, List<RoundSummary> rounds, int round, boolean open)
      implements RunEvent {
    public RunResumed {
      rounds = List.copyOf(rounds);
    }
  }

  /// A participant connected; its certificate was accepted.
  record Joined(String name, String role) implements RunEvent {}

  /// A participant's connection ended.
  record Left(String name, String role, String reason) implements RunEvent {}

  /// The run waits for participants.
  record Waiting(int round, String reason) implements RunEvent {}

  /// A round opened with these clients.
  record RoundOpened(int round, List<String> clients) implements RunEvent {}

  /// How far a participant is with a long step; shown, not logged.
  ///
  /// @param step `download`, `train`, `encrypt`, `evaluate`, `fold`
  record Progress(int round, String participant, String step, long done, long total)
      implements RunEvent {}

  /// The phase machine took in an event.
  record Advanced(int round, RoundEvent event) implements RunEvent {}

  /// An attempt at a segment failed; another one begins if enough helpers state that they revealed
  /// nothing of it.
  ///
  /// @param attempt from 0
  record AttemptFailed(int round, int segment, int attempt, String reason) implements RunEvent {}

  /// A segment failed for good, and the round goes on without it: its values stay as they were.
  record SegmentAbandoned(int round, int segment, String reason) implements RunEvent {}

  /// Rounds begin that measure constants of preprocessing; training comes after them.
  ///
  /// @param rounds how many, if none is void
  /// @param steps whose constants they are
  record Measuring(int rounds, List<String> steps) implements RunEvent {}

  /// One of these rounds has its result.
  ///
  /// @param clients that were planned
  /// @param actual clients in the sum
  record Measured(int round, int clients, int actual) implements RunEvent {}

  record RoundCompleted(RoundSummary summary) implements RunEvent {}

  /// The operator decided that a round ends without a result, whatever it still waits for.
  ///
  /// @param by the operator's account at the coordinator's machine
  /// @param at when that was decided, ISO 8601
  record RoundOverridden(int round, String by, String at, String reason) implements RunEvent {}

  /// A round ended without a result; the model stays as it was.
  record RoundVoided(int round, String reason) implements RunEvent {}

  /// The run ends before its planned rounds: the model does not get better any more.
  record StoppedEarly(int round, String reason) implements RunEvent {}

  /// @param completed rounds with a result
  /// @param reason empty when the run did all its rounds
  record RunEnded(String run, int completed, Optional<String> reason) implements RunEvent {}
}
