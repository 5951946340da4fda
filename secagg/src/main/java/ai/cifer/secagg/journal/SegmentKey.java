package ai.cifer.secagg.journal;

/// What a cohort is certified for, once and for ever.
///
/// @param federation the federation
/// @param run the run
/// @param round the round
/// @param segment the segment
/// @param attempt the attempt
public record SegmentKey(String federation, String run, int round, int segment, int attempt) {
  /// Whether both are attempts at one segment of one round.
  public boolean isOfSameSegment(SegmentKey other) {
    return segment == other.segment
        && round == other.round
        && run.equals(other.run)
        && federation.equals(other.federation);
  }
}
