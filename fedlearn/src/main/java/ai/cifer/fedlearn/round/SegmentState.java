package ai.cifer.fedlearn.round;

import java.util.Collections;
import java.util.SortedSet;
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
  SortedSet<String> cohort = Collections.emptySortedSet();

  SegmentState(int index) {
    this.index = index;
  }
}
