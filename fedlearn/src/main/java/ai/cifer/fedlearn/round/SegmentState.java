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

  /// Helpers that answer nothing more here, and why.
  final SortedMap<String, String> declined = new TreeMap<>();

  SortedSet<String> cohort = Collections.emptySortedSet();

  SegmentState(int index) {
    this.index = index;
  }
}
