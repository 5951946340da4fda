package ai.cifer.secagg.coordinator;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.message.Shares.Candidate;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The clients that delivered a segment, and what the helpers say about their shares, until the
/// cohort is drawn.
///
/// Of each delivery only its place and the hash of its manifest are held here; what it consists of
/// is read when it is needed. Every `add` is idempotent. Not safe for several threads, but once no
/// delivery is added any more [#sharesFor] is.
public final class Candidates {
  private record Delivered(Bytes manifest, Delivery delivery) {}

  private final VerifiedRound round;
  private final Segment segment;
  private final int attempt;
  private final SortedMap<String, Delivered> delivered = new TreeMap<>();
  private final Map<String, ShareStatus> statuses = new HashMap<>();

  /// @param round the coordinator's own
  public Candidates(VerifiedRound round, int segment, int attempt) {
    this.round = round;
    this.segment = round.segments().get(segment);
    this.attempt = attempt;
  }

  /// Takes in what a client delivered.
  ///
  /// @param delivery with a share for each helper; without any in mode `none`
  /// @param root over the blocks that came, from [SegmentReceiver#root]
  /// @throws ContributionRefused if anything does not fit, or another manifest came before
  /// @throws IOException if the delivery cannot be read
  public void add(Delivery delivery, Bytes root) throws IOException {
    Manifest manifest = delivery.manifest();
    String client = manifest.client();
    require(round.isClient(client), client, "not a client of the round");
    require(round.isAuthentic(manifest), client, "signature of the manifest does not hold");
    requireFields(manifest);
    require(manifest.root().equals(root), client, "root: not that of the blocks that came");
    requireShares(manifest, delivery);
    if (!isDelivered(manifest)) {
      delivered.put(client, new Delivered(manifest.hash(), delivery));
    }
  }

  /// Whether this manifest was taken in.
  ///
  /// @throws ContributionRefused if another one of its client was
  public boolean isDelivered(Manifest manifest) {
    Delivered before = delivered.get(manifest.client());
    require(
        before == null || before.manifest.equals(manifest.hash()),
        manifest.client(),
        "a second manifest for segment " + segment.index());
    return before != null;
  }

  /// Whether a client delivered.
  public boolean hasDelivered(String client) {
    return delivered.containsKey(client);
  }

  private void requireFields(Manifest manifest) {
    AggregationPlan plan = round.plan();
    String client = manifest.client();
    require(manifest.ctx().equals(round.ctx()), client, "manifest of another round");
    require(
        manifest.segment() == segment.index() && manifest.attempt() == attempt,
        client,
        "manifest of another segment or attempt");
    require(
        manifest.length() == plan.segmentBytes(segment.size()),
        client,
        "length: %d (expected: %d)"
            .formatted(manifest.length(), plan.segmentBytes(segment.size())));
    int weight = manifest.weight();
    require(
        plan.mode().isProtected() ? weight == 0 : weight >= 1 && weight <= plan.weightCap(),
        client,
        "weight: %d (expected: 1 to %d, or 0 under encryption)"
            .formatted(weight, plan.weightCap()));
  }

  private void requireShares(Manifest manifest, Delivery delivery) throws IOException {
    List<HelperHello> helpers = round.open().helpers();
    String client = manifest.client();
    require(
        delivery.shares() == helpers.size() && manifest.shares().size() == helpers.size(),
        client,
        "shares: %d (expected: %d)".formatted(delivery.shares(), helpers.size()));
    for (int j = 0; j < helpers.size(); j++) {
      SealedShare share = delivery.share(j + 1);
      require(
          share.helper().equals(helpers.get(j).helper())
              && share.client().equals(client)
              && share.ctx().equals(round.ctx())
              && share.segment() == segment.index()
              && share.attempt() == attempt
              && share.hash().equals(manifest.shares().get(j)),
          client,
          "share %d: not the one that the manifest names".formatted(j + 1));
    }
  }

  private static void require(boolean holds, String participant, String fact) {
    if (!holds) {
      throw new ContributionRefused(participant, fact);
    }
  }

  /// How many clients delivered.
  public int size() {
    return delivered.size();
  }

  /// The names of the clients that delivered, ascending.
  public List<String> clients() {
    return List.copyOf(delivered.keySet());
  }

  /// In how many parts a helper is sent the shares; no client may be added afterwards.
  public int parts() {
    return Math.max(1, Math.ceilDiv(delivered.size(), Shares.MAX_CANDIDATES));
  }

  /// What a helper is sent.
  ///
  /// @param part counted from 0
  /// @throws IOException if a delivery cannot be read
  public Shares sharesFor(String helper, int part) throws IOException {
    int index = round.open().helperIndex(helper);
    List<Candidate> candidates = new ArrayList<>();
    List<Delivered> all = List.copyOf(delivered.values());
    int from = part * Shares.MAX_CANDIDATES;
    for (Delivered one : all.subList(from, Math.min(all.size(), from + Shares.MAX_CANDIDATES))) {
      candidates.add(new Candidate(one.delivery.manifest(), one.delivery.share(index)));
    }
    return new Shares(round.ctx(), segment.index(), attempt, part, parts(), candidates);
  }

  /// Takes in what a helper says.
  ///
  /// @throws ContributionRefused if it is not authentic, or contradicts what it said before
  public void add(ShareStatus status) {
    String helper = status.helper();
    require(round.isHelper(helper), helper, "not a helper of the round");
    require(round.isAuthentic(status), helper, "signature of the share status does not hold");
    require(
        status.ctx().equals(round.ctx())
            && status.segment() == segment.index()
            && status.attempt() == attempt,
        helper,
        "share status of another round, segment or attempt");
    ShareStatus before = statuses.putIfAbsent(helper, status);
    require(before == null || before.hash().equals(status.hash()), helper, "a second share status");
  }

  /// How many helpers answered.
  public int answers() {
    return statuses.size();
  }

  /// The clients that a helper complains about.
  public Set<String> complaints() {
    Set<String> all = new HashSet<>();
    statuses.values().forEach(status -> all.addAll(status.complaints()));
    return all;
  }

  /// Whether enough helpers answered for a quorum.
  public boolean isReady() {
    return statuses.size() >= round.open().threshold();
  }

  /// The cohort: everybody who delivered and whose share every answering helper holds.
  ///
  /// @throws IllegalStateException if too few helpers answered
  /// @throws CohortTooSmall if fewer than k_min clients are left
  public Cohort cohort() {
    Set<String> accepted = new HashSet<>(delivered.keySet());
    statuses.values().forEach(status -> accepted.retainAll(Set.copyOf(status.accepted())));
    return cohort(accepted);
  }

  /// The cohort of those who delivered and are in `accepted`: not every complaint has to be
  /// believed, and a helper that complained about a member will not sign.
  ///
  /// @throws IllegalStateException if too few helpers answered
  /// @throws CohortTooSmall if fewer than k_min clients are left
  public Cohort cohort(Set<String> accepted) {
    if (!isReady()) {
      throw new IllegalStateException(
          "share status: of %d helpers (expected: >= %d)"
              .formatted(statuses.size(), round.open().threshold()));
    }
    List<Cohort.Entry> entries =
        delivered.entrySet().stream()
            .filter(each -> accepted.contains(each.getKey()))
            .map(each -> new Cohort.Entry(each.getKey(), each.getValue().manifest))
            .toList();
    if (entries.size() < round.open().minClients()) {
      throw new CohortTooSmall(segment.index(), entries.size(), round.open().minClients());
    }
    return new Cohort(round.ctx(), segment.index(), attempt, entries);
  }

  /// The manifests of a cohort, by client.
  ///
  /// @throws IOException if a delivery cannot be read
  public SortedMap<String, Manifest> manifests(Cohort cohort) throws IOException {
    SortedMap<String, Manifest> manifests = new TreeMap<>();
    for (String client : cohort.clients()) {
      Delivered one = delivered.get(client);
      if (one != null) {
        manifests.put(client, one.delivery.manifest());
      }
    }
    return manifests;
  }
}
