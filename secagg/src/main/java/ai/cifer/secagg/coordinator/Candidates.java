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
/// Every `add` is idempotent. Not safe for several threads.
public final class Candidates {
  private record Delivered(Manifest manifest, List<SealedShare> shares) {}

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
  /// @param shares in the order of the helpers; empty in mode `none`
  /// @param root over the blocks that came, from [SegmentReceiver#root]
  /// @throws ContributionRefused if anything does not fit, or another manifest came before
  public void add(Manifest manifest, List<SealedShare> shares, Bytes root) {
    String client = manifest.client();
    require(round.isClient(client), client, "not a client of the round");
    require(round.isAuthentic(manifest), client, "signature of the manifest does not hold");
    requireFields(manifest);
    require(manifest.root().equals(root), client, "root: not that of the blocks that came");
    requireShares(manifest, shares);
    Delivered before = delivered.get(client);
    require(
        before == null || before.manifest.hash().equals(manifest.hash()),
        client,
        "a second manifest for segment " + segment.index());
    if (before == null) {
      delivered.put(client, new Delivered(manifest, List.copyOf(shares)));
    }
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

  private void requireShares(Manifest manifest, List<SealedShare> shares) {
    List<HelperHello> helpers = round.open().helpers();
    String client = manifest.client();
    require(
        shares.size() == helpers.size() && manifest.shares().size() == helpers.size(),
        client,
        "shares: %d (expected: %d)".formatted(shares.size(), helpers.size()));
    for (int j = 0; j < shares.size(); j++) {
      SealedShare share = shares.get(j);
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

  /// Whether this very manifest was taken in: it may come twice.
  public boolean contains(Manifest manifest) {
    Delivered known = delivered.get(manifest.client());
    return known != null && known.manifest.equals(manifest);
  }

  /// How many clients delivered.
  public int size() {
    return delivered.size();
  }

  /// The names of the clients that delivered, ascending.
  public List<String> clients() {
    return List.copyOf(delivered.keySet());
  }

  /// What a helper is sent, in parts; no client may be added afterwards.
  public List<Shares> sharesFor(String helper) {
    int index = round.open().helperIndex(helper);
    List<Candidate> all =
        delivered.values().stream()
            .map(one -> new Candidate(one.manifest, one.shares.get(index - 1)))
            .toList();
    int parts = Math.max(1, Math.ceilDiv(all.size(), Shares.MAX_CANDIDATES));
    List<Shares> messages = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      int from = part * Shares.MAX_CANDIDATES;
      int to = Math.min(all.size(), from + Shares.MAX_CANDIDATES);
      messages.add(
          new Shares(round.ctx(), segment.index(), attempt, part, parts, all.subList(from, to)));
    }
    return messages;
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
    if (!isReady()) {
      throw new IllegalStateException(
          "share status: of %d helpers (expected: >= %d)"
              .formatted(statuses.size(), round.open().threshold()));
    }
    Set<String> accepted = new HashSet<>(delivered.keySet());
    statuses.values().forEach(status -> accepted.retainAll(Set.copyOf(status.accepted())));
    List<Cohort.Entry> entries =
        delivered.values().stream()
            .map(Delivered::manifest)
            .filter(manifest -> accepted.contains(manifest.client()))
            .map(manifest -> new Cohort.Entry(manifest.client(), manifest.hash()))
            .toList();
    if (entries.size() < round.open().minClients()) {
      throw new CohortTooSmall(segment.index(), entries.size(), round.open().minClients());
    }
    return new Cohort(round.ctx(), segment.index(), attempt, entries);
  }

  /// The manifests of a cohort, by client.
  public SortedMap<String, Manifest> manifests(Cohort cohort) {
    SortedMap<String, Manifest> manifests = new TreeMap<>();
    for (String client : cohort.clients()) {
      Delivered one = delivered.get(client);
      if (one != null) {
        manifests.put(client, one.manifest);
      }
    }
    return manifests;
  }
}
