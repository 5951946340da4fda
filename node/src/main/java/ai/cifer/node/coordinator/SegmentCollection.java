package ai.cifer.node.coordinator;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.OpenedSums;
import ai.cifer.secagg.coordinator.Reveals;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// What the coordinator has of one segment, from the first share to the result.
final class SegmentCollection {

  private final VerifiedRound round;
  private final Candidates candidates;
  private final Map<String, List<SealedShare>> shares = new HashMap<>();
  private @Nullable CohortCertificate certificate;
  private @Nullable Reveals reveals;
  private @Nullable OpenedSums openedSums;
  private volatile @Nullable Bytes result;
  private volatile List<String> blamed = List.of();

  /// Set when the machine stops waiting for clients: what comes later cannot count any more.
  private boolean closed;

  SegmentCollection(VerifiedRound round, int segment) {
    this.round = round;
    this.candidates = new Candidates(round, segment, 0);
  }

  void close() {
    closed = true;
    shares.clear();
  }

  /// Whether nothing of clients is taken in any more: only then a helper can have been asked.
  boolean isClosed() {
    return closed;
  }

  /// @param most how many shares a client may send: one a helper
  void share(SealedShare share, int most) throws IOException {
    if (closed || !share.ctx().equals(round.ctx())) {
      return;
    }
    List<SealedShare> ofClient = shares.computeIfAbsent(share.client(), any -> new ArrayList<>());
    if (ofClient.stream().anyMatch(known -> known.helper().equals(share.helper()))) {
      return;
    }
    if (ofClient.size() == most) {
      throw new IOException(
          "shares of %s: more than %d (expected: one a helper)".formatted(share.client(), most));
    }
    ofClient.add(share);
  }

  /// @param root of the blocks that came, if they came whole
  /// @return false if it comes too late, or the blocks are not here
  boolean manifest(Manifest manifest, Optional<Bytes> root) {
    if (closed || root.isEmpty() || !manifest.ctx().equals(round.ctx())) {
      return false;
    }
    if (candidates.contains(manifest)) {
      return true;
    }
    candidates.add(manifest, shares.getOrDefault(manifest.client(), List.of()), root.get());
    shares.remove(manifest.client());
    return true;
  }

  Candidates candidates() {
    return candidates;
  }

  /// Proposing the same cohort again keeps the signatures that came.
  void propose(Cohort cohort) {
    CohortCertificate known = certificate;
    if (known != null && known.cohort().equals(cohort)) {
      return;
    }
    certificate = new CohortCertificate(round, cohort);
    if (round.cipher().isPresent()) {
      openedSums = new OpenedSums(round, cohort);
    } else {
      reveals = new Reveals(round, cohort);
    }
  }

  @Nullable CohortCertificate certificate() {
    return certificate;
  }

  @Nullable Reveals reveals() {
    return reveals;
  }

  /// Where clients encrypt under a key holder's public key: what it opened so far.
  @Nullable OpenedSums openedSums() {
    return openedSums;
  }

  /// The certified cohort, or in mode `none` everybody who delivered.
  Cohort cohort(SortedSet<String> names) {
    CohortCertificate certified = certificate;
    Cohort cohort = certified == null ? candidates.cohort() : certified.cohort();
    if (!cohort.clients().equals(List.copyOf(names))) {
      throw new IllegalStateException("the machine and the certificate name different cohorts");
    }
    return cohort;
  }

  void opened(Bytes result, List<String> blamed) {
    this.blamed = blamed;
    this.result = result;
  }

  List<String> blamed() {
    return blamed;
  }

  Bytes result() {
    Bytes known = result;
    if (known == null) {
      throw new IllegalStateException("a round completes after all its segments are open");
    }
    return known;
  }
}
