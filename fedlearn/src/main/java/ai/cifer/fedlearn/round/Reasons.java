package ai.cifer.fedlearn.round;

import java.util.SortedSet;

/// Why an attempt at a segment failed, or no other begins, for people to read.
final class Reasons {
  private Reasons() {}

  static String tooFewHelpers(Attendance there, SegmentState segment, int threshold) {
    return "helpers: %d of %d (expected: >= %d)%s"
        .formatted(there.reachable(segment), there.helpers.size(), threshold, there.gone(segment));
  }

  static String tooFewClients(
      Attendance there, SegmentState segment, SortedSet<String> cohort, int least) {
    return "clients with segment %d: %d of %d (expected: >= %d)%s"
        .formatted(
            segment.index,
            cohort.size(),
            there.clients.size(),
            least,
            Departures.text(there.withdrawn));
  }

  static String tooFewStatements(SegmentState segment, int most, int needed) {
    return "; statements that nothing of segment %d attempt %d was revealed: %d (expected: >= %d)"
        .formatted(segment.index, segment.attempt, most, needed);
  }

  static String tooManyAttempts(int most) {
    return "; attempts: %d (max_attempts)".formatted(most);
  }
}
