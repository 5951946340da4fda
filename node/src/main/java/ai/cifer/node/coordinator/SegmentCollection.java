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
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// What the coordinator has of one attempt at a segment, from the first share to the result; shares
/// and manifests lie on its disk.
///
/// A disk that fails is no fault of the sender, so it is told by an [UncheckedIOException].
final class SegmentCollection {

  private final VerifiedRound round;
  private final int attempt;
  private final DeliveryFolder deliveries;
  private final Candidates candidates;

  /// The helpers for whom a share came, by client, until its manifest comes.
  private final Map<String, BitSet> shares = new HashMap<>();

  private @Nullable CohortCertificate certificate;
  private @Nullable Reveals reveals;
  private @Nullable OpenedSums openedSums;

  /// Set when the machine stops waiting for clients: what comes later cannot count any more.
  private volatile boolean closed;

  SegmentCollection(VerifiedRound round, int segment, int attempt, DeliveryFolder deliveries) {
    this.round = round;
    this.attempt = attempt;
    this.deliveries = deliveries;
    this.candidates = new Candidates(round, segment, attempt);
  }

  int attempt() {
    return attempt;
  }

  void close() {
    closed = true;
    shares.clear();
  }

  /// Whether nothing of clients is taken in any more: only then a helper can have been asked.
  boolean isClosed() {
    return closed;
  }

  /// @throws IOException if it is for nobody of this round, or of another length than the plan's
  void share(SealedShare share) throws IOException {
    // What was taken in with its manifest is not written again.
    if (closed || !share.ctx().equals(round.ctx()) || candidates.hasDelivered(share.client())) {
      return;
    }
    int expected = SealedShare.ciphertextBytes(round.plan().shareValues());
    if (!round.isHelper(share.helper()) || share.ciphertext().length() != expected) {
      throw new IOException(
          "share of %s for %s: %d bytes (expected: %d, for a helper of the round)"
              .formatted(share.client(), share.helper(), share.ciphertext().length(), expected));
    }
    int helper = round.open().helperIndex(share.helper());
    BitSet ofClient = shares.computeIfAbsent(share.client(), any -> new BitSet());
    if (ofClient.get(helper)) {
      return;
    }
    onDisk(() -> {
      deliveries.store(share, helper);
      return helper;
    });
    ofClient.set(helper);
  }

  private interface DiskStep<T> {
    T run() throws IOException;
  }

  private static <T> T onDisk(DiskStep<T> step) {
    try {
      return step.run();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// @param root of the blocks that came, if they came whole
  /// @return false if it comes too late, or the blocks are not here
  boolean manifest(Manifest manifest, Optional<Bytes> root) {
    if (closed || root.isEmpty() || !manifest.ctx().equals(round.ctx())) {
      return false;
    }
    if (candidates.isDelivered(manifest)) {
      return true;
    }
    int came = shares.getOrDefault(manifest.client(), new BitSet()).cardinality();
    onDisk(() -> {
      candidates.add(deliveries.store(manifest, came), root.get());
      return came;
    });
    shares.remove(manifest.client());
    return true;
  }

  /// As [#manifest], of what was taken in before this process began, shares and all.
  ///
  /// @throws ai.cifer.secagg.coordinator.ContributionRefused if anything of it does not fit
  void manifestBefore(Manifest manifest, Bytes root) throws IOException {
    candidates.add(deliveries.stored(manifest), root);
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
}
