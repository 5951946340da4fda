package ai.cifer.fedlearn.round;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// All segments of a round, in order.
final class RoundSegments implements Iterable<SegmentState> {
  private final List<SegmentState> all = new ArrayList<>();

  RoundSegments(int count) {
    for (int i = 0; i < count; i++) {
      all.add(new SegmentState(i));
    }
  }

  boolean contains(int index) {
    return index >= 0 && index < all.size();
  }

  SegmentState at(int index) {
    return all.get(index);
  }

  @Override
  public Iterator<SegmentState> iterator() {
    return all.iterator();
  }

  /// Whether nothing more happens to any of them.
  boolean areOver() {
    return all.stream().allMatch(each -> each.phase.isOver());
  }

  /// Whether none was opened or may yet be.
  boolean areVoid() {
    return all.stream().allMatch(each -> each.phase == SegmentPhase.VOID);
  }

  /// Whether a client has something left to send.
  boolean owedBy(String client) {
    return all.stream()
        .anyMatch(each ->
            each.phase == SegmentPhase.COLLECTING
                && !each.stored.contains(client)
                && each.mayHold(client));
  }

  /// Those of some clients that are in the cohort of every segment that is not void.
  SortedSet<String> contributors(SortedSet<String> clients) {
    SortedSet<String> contributors = new TreeSet<>(clients);
    all.stream()
        .filter(each -> each.phase != SegmentPhase.VOID)
        .forEach(each -> contributors.retainAll(each.cohort));
    return contributors;
  }

  /// The indices of those that are void.
  List<Integer> abandoned() {
    return all.stream()
        .filter(each -> each.phase == SegmentPhase.VOID)
        .map(each -> each.index)
        .toList();
  }
}
