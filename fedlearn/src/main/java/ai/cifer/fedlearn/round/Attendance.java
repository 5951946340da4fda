package ai.cifer.fedlearn.round;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who is in a round, who left it, and who is still good for what.
final class Attendance {
  private static final String KEYLESS = "restarted, its key existed in memory only";

  final SortedSet<String> clients = new TreeSet<>();
  final SortedSet<String> helpers = new TreeSet<>();

  /// Who left and why: whoever reads why the round is void needs to know.
  final SortedMap<String, String> withdrawn = new TreeMap<>();

  final SortedMap<String, String> lostHelpers = new TreeMap<>();

  /// Helpers whose key of this round is gone: they open no shares of any further attempt.
  final SortedSet<String> keyless = new TreeSet<>();

  /// Helpers that gave a wrong part of some sum, and of which.
  final SortedMap<String, String> liars = new TreeMap<>();

  boolean isLiving(String helper) {
    return helpers.contains(helper) && !lostHelpers.containsKey(helper);
  }

  /// Whether an event comes from somebody who is in the round. What a helper did before it was lost
  /// counts.
  boolean knows(RoundEvent.OfSegment event) {
    return switch (event) {
      case RoundEvent.SegmentStored of -> clients.contains(of.client());
      case RoundEvent.HelperDeclined of -> isLiving(of.helper());
      case RoundEvent.StatementDeclined of -> isLiving(of.helper());
      case RoundEvent.SharesChecked of -> helpers.contains(of.helper());
      case RoundEvent.CohortSigned of -> helpers.contains(of.helper());
      case RoundEvent.SumRevealed of -> helpers.contains(of.helper());
      case RoundEvent.AttemptRenounced of -> helpers.contains(of.helper());
      case RoundEvent.HelperBlamed of -> helpers.contains(of.helper());
      case RoundEvent.SegmentOpened _, RoundEvent.OpeningFailed _ -> true;
    };
  }

  SortedSet<String> livingClients() {
    return without(clients, withdrawn.keySet());
  }

  /// Clients that may still be in the cohort of a segment.
  SortedSet<String> livingClients(SegmentState segment) {
    SortedSet<String> living = new TreeSet<>(livingClients());
    living.removeIf(client -> !segment.mayHold(client));
    return Collections.unmodifiableSortedSet(living);
  }

  /// Whether a further attempt at a segment would have too few clients.
  boolean tooFewFor(SegmentState segment, Bounds clients) {
    return livingClients(segment).size() < segment.least(clients.min());
  }

  /// Helpers that have not left the round.
  private SortedSet<String> livingHelpers() {
    return without(helpers, lostHelpers.keySet());
  }

  /// Helpers that still answer about the attempt at a segment that runs.
  SortedSet<String> livingHelpers(SegmentState segment) {
    return without(livingHelpers(), segment.declined.keySet());
  }

  /// Helpers that can open shares of a further attempt.
  SortedSet<String> holding() {
    return without(livingHelpers(), keyless);
  }

  /// Helpers that can state that they revealed nothing of the attempt that runs.
  SortedSet<String> stating(SegmentState segment) {
    return without(livingHelpers(), segment.revealed);
  }

  /// Whether the same clients may send a segment again although its sum may have been opened: the
  /// sum over the same cohort of the same integers tells nothing more.
  boolean mayRepeat(SegmentState segment, int threshold) {
    return segment.isCertified(threshold) && livingClients().containsAll(segment.cohort);
  }

  /// How many helpers may still give a segment what it needs; who revealed has given it.
  int reachable(SegmentState segment) {
    SortedSet<String> left = new TreeSet<>(livingHelpers(segment));
    if (segment.phase == SegmentPhase.REVEALING) {
      left.addAll(segment.revealed);
    }
    return left.size();
  }

  /// The end of a message that says who helps no more, and why.
  String gone(SegmentState segment) {
    SortedMap<String, String> gone = new TreeMap<>(segment.declined);
    gone.putAll(lostHelpers);
    return Departures.text(gone);
  }

  /// A helper lost its key.
  void forgotKey(String helper, SegmentState segment) {
    if (segment.loses(helper)) {
      segment.declined.put(helper, KEYLESS);
    }
  }

  /// Begins the next attempt at a segment, without those that could do nothing for it.
  void retry(SegmentState segment, int threshold) {
    segment.retry();
    keyless.forEach(helper -> segment.declined.put(helper, KEYLESS));
    setLiarsAside(segment, threshold);
  }

  /// Whoever lied about one segment is not asked about others while t are there without it.
  void setLiarsAside(SegmentState segment, int threshold) {
    liars.forEach((liar, lie) -> {
      if (segment.needsHelpers()
          && livingHelpers(segment).contains(liar)
          && reachable(segment) > threshold) {
        segment.declined.put(liar, lie);
      }
    });
  }

  /// Helpers that owe an answer about a segment.
  SortedSet<String> owing(SegmentState segment) {
    return segment.owing(livingHelpers(segment));
  }

  /// Those of [#owing] that nobody can stand in for.
  SortedSet<String> irreplaceable(SegmentState segment, int threshold) {
    boolean all =
        segment.phase == SegmentPhase.REVEALING
            || segment.phase == SegmentPhase.RENOUNCING
            || (segment.needsHelpers() && reachable(segment) <= threshold);
    return all ? owing(segment) : Collections.emptySortedSet();
  }

  private static SortedSet<String> without(SortedSet<String> names, Collection<String> gone) {
    SortedSet<String> left = new TreeSet<>(names);
    left.removeAll(gone);
    return Collections.unmodifiableSortedSet(left);
  }
}
