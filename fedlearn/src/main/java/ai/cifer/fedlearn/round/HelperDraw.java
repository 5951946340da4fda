package ai.cifer.fedlearn.round;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// How far a [RoundMachine] is with drawing helpers: all members commit, then all open.
///
/// Whoever leaves before the commitments are shown is left out. Once they are shown, a draw counts
/// only if all open: whoever leaves then ends it, and the others draw again. Otherwise somebody who
/// sees the openings could choose whose to leave out.
final class HelperDraw {

  private int number;
  private boolean opening;
  private final SortedSet<String> members;
  private final SortedSet<String> committed = new TreeSet<>();
  private final SortedSet<String> opened = new TreeSet<>();

  /// @param number of the first draw, from 1
  HelperDraw(SortedSet<String> members, int number) {
    this.number = number;
    this.members = new TreeSet<>(members);
  }

  /// From 1.
  int number() {
    return number;
  }

  SortedSet<String> members() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(members));
  }

  boolean awaitsCommitment(String member, int draw) {
    return draw == number && !opening && members.contains(member) && !committed.contains(member);
  }

  boolean awaitsOpening(String member, int draw) {
    return draw == number && opening && members.contains(member) && !opened.contains(member);
  }

  /// Whether all opened, so that the helpers may be told.
  boolean isOpened() {
    return opening && opened.equals(members);
  }

  void committed(String member) {
    committed.add(member);
  }

  void opened(String member) {
    opened.add(member);
  }

  /// Leaves a member out; ends the draw if the commitments were shown.
  void leave(String member) {
    members.remove(member);
    committed.remove(member);
    if (opening) {
      opening = false;
      number++;
      committed.clear();
      opened.clear();
    }
  }

  /// Goes on to the openings.
  ///
  /// @return false if commitments are missing, or were shown before
  boolean show() {
    if (opening || !committed.equals(members)) {
      return false;
    }
    opening = true;
    return true;
  }

  /// Who owes a commitment or an opening.
  SortedSet<String> awaited() {
    SortedSet<String> awaited = new TreeSet<>(members);
    awaited.removeAll(opening ? opened : committed);
    return awaited;
  }
}
