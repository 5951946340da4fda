package ai.cifer.fedlearn.round;

import ai.cifer.fedlearn.round.RoundEvent.AttemptRenounced;
import ai.cifer.fedlearn.round.RoundEvent.CohortSigned;
import ai.cifer.fedlearn.round.RoundEvent.HelperBlamed;
import ai.cifer.fedlearn.round.RoundEvent.HelperDeclined;
import ai.cifer.fedlearn.round.RoundEvent.OpeningFailed;
import ai.cifer.fedlearn.round.RoundEvent.SegmentOpened;
import ai.cifer.fedlearn.round.RoundEvent.SegmentStored;
import ai.cifer.fedlearn.round.RoundEvent.SharesChecked;
import ai.cifer.fedlearn.round.RoundEvent.StatementDeclined;
import ai.cifer.fedlearn.round.RoundEvent.SumRevealed;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a [RoundMachine] knows of one segment: where it stands, and who did what in the attempt
/// that runs.
final class SegmentState {
  final int index;
  int attempt;
  SegmentPhase phase = SegmentPhase.COLLECTING;
  final SortedSet<String> stored = new TreeSet<>();

  /// Whom each helper that checked its shares complains about.
  final SortedMap<String, SortedSet<String>> checked = new TreeMap<>();

  final SortedSet<String> signed = new TreeSet<>();
  final SortedSet<String> revealed = new TreeSet<>();

  /// Helpers that stated that they revealed nothing of this attempt.
  final SortedSet<String> renounced = new TreeSet<>();

  /// Helpers whose reveal was wrong.
  final SortedSet<String> blamed = new TreeSet<>();

  /// Helpers that are asked for statements.
  SortedSet<String> asked = Collections.emptySortedSet();

  /// The only clients of whom the cohort may be, since an attempt before may have been opened over
  /// them; empty if there was none.
  SortedSet<String> only = Collections.emptySortedSet();

  /// How many reveals are waited for: t, and more once opening with fewer failed.
  int wanted;

  /// How many reveals the last try to open had.
  int used;

  /// Why that failed, or the attempt.
  String failure = "";

  /// Helpers that answer nothing more to what is asked now, and why: who does not work on an
  /// attempt is asked again when it is to be renounced.
  final SortedMap<String, String> declined = new TreeMap<>();

  SortedSet<String> cohort = Collections.emptySortedSet();

  SegmentState(int index) {
    this.index = index;
  }

  /// Whether a client may be in the cohort.
  boolean mayHold(String client) {
    return only.isEmpty() || only.contains(client);
  }

  /// How many clients the cohort needs.
  ///
  /// @param min of any cohort
  int least(int min) {
    return only.isEmpty() ? min : only.size();
  }

  /// Whether so many helpers signed the cohort that it can be opened.
  boolean isCertified(int threshold) {
    return !cohort.isEmpty() && signed.size() >= threshold;
  }

  /// Whether it works on an attempt that may yet be opened with what helpers give.
  boolean needsHelpers() {
    return phase.compareTo(SegmentPhase.OPENING) < 0;
  }

  /// Whether a helper that lost its key is lost for this attempt.
  boolean loses(String helper) {
    return phase.compareTo(SegmentPhase.CERTIFYING) < 0 && !declined.containsKey(helper);
  }

  /// Whether an event says something new about the attempt that runs.
  boolean isNew(RoundEvent.OfSegment event) {
    return event.attempt() == attempt
        && switch (event) {
          case SegmentStored of ->
              phase == SegmentPhase.COLLECTING
                  && !stored.contains(of.client())
                  && mayHold(of.client());
          case SharesChecked of ->
              phase == SegmentPhase.CHECKING_SHARES && !checked.containsKey(of.helper());
          case CohortSigned of -> phase == SegmentPhase.CERTIFYING && !signed.contains(of.helper());
          case SumRevealed of ->
              (phase == SegmentPhase.REVEALING || phase == SegmentPhase.OPENING)
                  && !revealed.contains(of.helper());
          case AttemptRenounced of ->
              phase == SegmentPhase.RENOUNCING && !renounced.contains(of.helper());
          // Before it is asked nobody can decline, and a veto would cost those who still send.
          case HelperDeclined of ->
              phase != SegmentPhase.COLLECTING
                  && needsHelpers()
                  && !declined.containsKey(of.helper());
          case StatementDeclined of ->
              phase == SegmentPhase.RENOUNCING
                  && !renounced.contains(of.helper())
                  && !declined.containsKey(of.helper());
          case HelperBlamed of -> phase == SegmentPhase.OPENING && !blamed.contains(of.helper());
          case SegmentOpened _ -> phase == SegmentPhase.OPENING;
          case OpeningFailed of -> phase == SegmentPhase.OPENING && used == of.reveals();
        };
  }

  /// Those of the living helpers that owe an answer in this phase.
  SortedSet<String> owing(SortedSet<String> living) {
    SortedSet<String> owing = new TreeSet<>(living);
    switch (phase) {
      case CHECKING_SHARES -> owing.removeAll(checked.keySet());
      case CERTIFYING -> owing.removeAll(signed);
      case REVEALING -> owing.removeAll(revealed);
      case RENOUNCING -> {
        owing.retainAll(asked);
        owing.removeAll(revealed);
        owing.removeAll(renounced);
      }
      case COLLECTING, OPENING, OPENED, VOID -> owing.clear();
    }
    return owing;
  }

  /// Clients that delivered and that no helper in `believed` complains about.
  private SortedSet<String> accepted(SortedSet<String> believed) {
    SortedSet<String> accepted = new TreeSet<>(stored);
    checked.forEach((helper, complaints) -> {
      if (believed.contains(helper)) {
        accepted.removeAll(complaints);
      }
    });
    return accepted;
  }

  /// Draws the cohort. Complaints are believed as long as they leave `min` clients. Where they do
  /// not, whoever complains most is set aside instead, one after the other, as long as `threshold`
  /// others are left: one helper that lies must not end a round that the others can open without
  /// it.
  ///
  /// @param living helpers that may still sign
  /// @return fewer than `min` clients if nothing helps
  SortedSet<String> draw(SortedSet<String> living, int threshold, int min) {
    SortedSet<String> believed = new TreeSet<>(checked.keySet());
    SortedSet<String> left = new TreeSet<>(living);
    SortedSet<String> drawn = accepted(believed);
    while (drawn.size() < min) {
      Optional<String> most =
          believed.stream()
              .filter(helper -> !complaints(helper).isEmpty())
              .max(Comparator.comparingInt(helper -> complaints(helper).size()));
      if (most.isEmpty() || left.size() - (left.contains(most.get()) ? 1 : 0) < threshold) {
        return accepted(new TreeSet<>(checked.keySet()));
      }
      believed.remove(most.get());
      left.remove(most.get());
      drawn = accepted(believed);
    }
    for (String helper : living) {
      if (!left.contains(helper)) {
        declined.put(
            helper,
            "set aside, since it complained about " + String.join(", ", complaints(helper)));
      }
    }
    return drawn;
  }

  private SortedSet<String> complaints(String helper) {
    return checked.getOrDefault(helper, Collections.emptySortedSet());
  }

  /// It failed for good.
  void leaveOut() {
    phase = SegmentPhase.VOID;
    cohort = Collections.emptySortedSet();
  }

  /// Begins the next attempt, of which nobody has done anything.
  void retry() {
    attempt++;
    phase = SegmentPhase.COLLECTING;
    stored.clear();
    checked.clear();
    signed.clear();
    revealed.clear();
    renounced.clear();
    blamed.clear();
    declined.clear();
    wanted = 0;
    used = 0;
    failure = "";
    cohort = Collections.emptySortedSet();
  }
}
