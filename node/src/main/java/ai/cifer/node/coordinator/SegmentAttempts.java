package ai.cifer.node.coordinator;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.Statements;
import ai.cifer.secagg.message.CertifiedCohort;
import ai.cifer.secagg.message.NotRevealed;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Of every segment the attempt that runs, and the statements about those before.
///
/// Changed by the coordinator's thread; others may look at what runs.
final class SegmentAttempts {
  private final VerifiedRound round;
  private final DeliveryFolder deliveries;
  private final Map<Integer, SegmentCollection> running = new ConcurrentHashMap<>();

  /// What came of segments that are over; nothing else of them is kept.
  private final SortedMap<Integer, Bytes> results = new TreeMap<>();

  private final Map<Integer, Statements> statements = new TreeMap<>();
  private final Map<Integer, Retry> retries = new TreeMap<>();

  /// Of each segment that has one, the latest.
  private final Map<Integer, CertifiedCohort> certified = new TreeMap<>();

  SegmentAttempts(VerifiedRound round, DeliveryFolder deliveries) {
    this.round = round;
    this.deliveries = deliveries;
    for (int segment = 0; segment < round.segments().size(); segment++) {
      running.put(segment, new SegmentCollection(round, segment, 0, deliveries));
    }
  }

  /// What the machine speaks of.
  SegmentCollection required(int segment) {
    return running(segment)
        .orElseThrow(() -> new IllegalStateException("the machine knows the segments: " + segment));
  }

  /// The attempt that runs; empty if the segment is open, or the round goes on without it.
  Optional<SegmentCollection> running(int segment) {
    return Optional.ofNullable(running.get(segment));
  }

  /// What a message speaks of; empty if it is late, since its attempt is over, or its segment open.
  ///
  /// @throws IOException if there is no such segment or attempt
  Optional<SegmentCollection> find(int segment, int attempt) throws IOException {
    if (results.containsKey(segment)) {
      return Optional.empty();
    }
    SegmentCollection collection = running.get(segment);
    if (collection == null || attempt > collection.attempt()) {
      throw new IOException(
          "segment: %d attempt %d (expected: 0 to %d, an attempt that was begun)"
              .formatted(segment, attempt, round.segments().size() - 1));
    }
    return attempt == collection.attempt() ? Optional.of(collection) : Optional.empty();
  }

  /// Whether there is such an attempt, be it over or not.
  boolean hasBegun(int segment, int attempt) {
    SegmentCollection collection = running.get(segment);
    return collection == null ? segment < round.segments().size() : attempt <= collection.attempt();
  }

  boolean isRunning(int segment, int attempt) {
    SegmentCollection collection = running.get(segment);
    return collection != null && collection.attempt() == attempt;
  }

  /// The attempt that runs has failed.
  ///
  /// @return which one
  int failed(int segment) {
    SegmentCollection collection = required(segment);
    collection.close();
    statements.computeIfAbsent(segment, index -> new Statements(round, index)).collect();
    return collection.attempt();
  }

  /// @return whether the statement is one that is waited for
  boolean add(NotRevealed statement) throws IOException {
    Optional<SegmentCollection> about = find(statement.segment(), statement.attempt());
    Statements collecting = statements.get(statement.segment());
    return about.isPresent() && collecting != null && collecting.add(statement);
  }

  /// The cohort of the attempt that runs is certified.
  ///
  /// @return empty if that was noted before
  Optional<CertifiedCohort> certify(int segment) {
    CohortCertificate complete = required(segment).certificate();
    if (complete == null || !complete.isComplete()) {
      throw new IllegalStateException("a cohort is certified when a quorum signed");
    }
    CertifiedCohort cohort = new CertifiedCohort(complete.cohort(), complete.signatures());
    CertifiedCohort before = certified.get(segment);
    if (before != null && before.cohort().equals(cohort.cohort())) {
      return Optional.empty();
    }
    certified(cohort);
    return Optional.of(cohort);
  }

  void certified(CertifiedCohort cohort) {
    certified.put(cohort.cohort().segment(), cohort);
  }

  /// Begins the next attempt.
  ///
  /// @param repeated whether it is over the cohort that was certified in the last one
  Retry next(int segment, boolean repeated) {
    Statements collected = statements.get(segment);
    if (collected == null) {
      throw new IllegalStateException("the machine retries after statements came");
    }
    if (repeated) {
      collected.repeat(Objects.requireNonNull(certified.get(segment)));
    }
    Retry retry = collected.retry();
    retries.put(segment, retry);
    running.put(segment, new SegmentCollection(round, segment, retry.attempt(), deliveries));
    return retry;
  }

  /// What somebody may have missed.
  List<Retry> retries() {
    return List.copyOf(retries.values());
  }

  /// The results of all segments, in order.
  List<Bytes> results() {
    return List.copyOf(results.values());
  }

  /// Keeps of a segment that is open, or given up, only what the result says of it.
  void over(int segment, Bytes result) {
    results.put(segment, result);
    running.remove(segment);
    statements.remove(segment);
    certified.remove(segment);
  }
}
