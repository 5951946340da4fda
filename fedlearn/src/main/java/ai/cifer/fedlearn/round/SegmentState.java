package ai.cifer.fedlearn.round;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a [RoundMachine] knows of one segment.
final class SegmentState {
  final int index;
  SegmentPhase phase = SegmentPhase.COLLECTING;
  final SortedSet<String> stored = new TreeSet<>();
  final SortedSet<String> checked = new TreeSet<>();
  final SortedSet<String> complaints = new TreeSet<>();
  final SortedSet<String> signed = new TreeSet<>();
  final SortedSet<String> revealed = new TreeSet<>();

  /// Helpers whose reveal was wrong.
  final SortedSet<String> blamed = new TreeSet<>();

  /// How many reveals are waited for: t, and more once opening with fewer failed.
  int wanted;

  /// How many reveals the last try to open had.
  int used;

  /// Why that failed.
  String failure = "";

  /// Helpers that answer nothing more here, and why.
  final SortedMap<String, String> declined = new TreeMap<>();

  SortedSet<String> cohort = Collections.emptySortedSet();

  SegmentState(int index) {
    this.index = index;
  }

  /// Those of the living helpers that owe an answer in this phase.
  SortedSet<String> owing(SortedSet<String> living) {
    SortedSet<String> owing = new TreeSet<>(living);
    switch (phase) {
      case CHECKING_SHARES -> owing.removeAll(checked);
      case CERTIFYING -> owing.removeAll(signed);
      case REVEALING -> owing.removeAll(revealed);
      case COLLECTING, OPENING, OPENED -> owing.clear();
    }
    return owing;
  }
}
