package ai.cifer.secagg.coordinator;

/// Too few clients contributed to a segment; nothing of it was opened and it cannot be now.
public final class CohortTooSmall extends RuntimeException {
  CohortTooSmall(int segment, int clients, int least) {
    super("cohort of segment %d: %d clients (expected: >= %d)".formatted(segment, clients, least));
  }
}
