package ai.cifer.systemtests;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.Reveals;
import ai.cifer.secagg.coordinator.SegmentFold;
import ai.cifer.secagg.coordinator.SegmentSum;
import ai.cifer.secagg.coordinator.StoredSegment;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.NotRevealed;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A round of a malicious coordinator in which real clients, and an accomplice, have delivered all
/// that they deliver: what it does with that is the matter of a test.
final class CapturedRound implements AutoCloseable {
  private final CuriousCoordinator coordinator;
  private final Accomplice accomplice;
  private final Map<Integer, Candidates> candidates = new HashMap<>();
  private final Map<String, List<CuriousCoordinator.Delivered>> delivered = new HashMap<>();
  final VerifiedRound round;

  /// Opens the round and waits for everybody's uploads.
  ///
  /// @param model what clients are served
  CapturedRound(CuriousCoordinator coordinator, Accomplice accomplice, Offer offer, Tensors model)
      throws IOException, InterruptedException {
    this.coordinator = coordinator;
    this.accomplice = accomplice;
    RoundOpen open = coordinator.sign(offer);
    round = coordinator.verified(open);
    for (String client : honest()) {
      coordinator.send(client, Kinds.ROUND_OPEN, open);
    }
    delivered.put(accomplice.name(), accomplice.deliver(round, model, coordinator.blocks));
    for (String client : honest()) {
      List<CuriousCoordinator.Delivered> all = new ArrayList<>();
      for (int segment = 0; segment < round.segments().size(); segment++) {
        all.add(coordinator.awaitDelivery(client));
      }
      delivered.put(client, all);
    }
    for (int segment = 0; segment < round.segments().size(); segment++) {
      Candidates ofSegment = new Candidates(round, segment, 0);
      candidates.put(segment, ofSegment);
      for (String client : round.open().clients()) {
        CuriousCoordinator.Delivered one = delivered(client, segment);
        ofSegment.add(one, one.manifest().root());
      }
    }
  }

  /// All but the accomplice.
  private List<String> honest() {
    return round.open().clients().stream()
        .filter(client -> !client.equals(accomplice.name()))
        .toList();
  }

  CuriousCoordinator.Delivered delivered(String client, int segment) {
    return delivered.getOrDefault(client, List.of()).get(segment);
  }

  /// What an honest coordinator would send a helper.
  Shares shares(int segment, String helper) throws IOException {
    return candidates(segment).sharesFor(helper, 0);
  }

  private Candidates candidates(int segment) {
    Candidates found = candidates.get(segment);
    if (found == null) {
      throw new IllegalArgumentException("segment: " + segment);
    }
    return found;
  }

  /// What a helper says of shares.
  ShareStatus check(String helper, Shares shares) throws InterruptedException {
    coordinator.send(helper, Kinds.SHARES, shares);
    return ShareStatus.decode(coordinator.await(helper, Kinds.SHARE_STATUS).body());
  }

  /// Has all honest helpers check the shares of segment 0.
  void checkAll() throws IOException, InterruptedException {
    for (String helper : honest()) {
      check(helper, shares(0, helper));
    }
  }

  /// Some of the clients by their manifests, in segment 0.
  Cohort cohort(String... clients) {
    List<Cohort.Entry> entries =
        Arrays.stream(clients)
            .map(client -> new Cohort.Entry(client, delivered(client, 0).manifest().hash()))
            .sorted(Comparator.comparing(Cohort.Entry::client))
            .toList();
    return new Cohort(round.ctx(), 0, 0, entries);
  }

  CohortSignature sign(String helper, Cohort cohort) throws InterruptedException {
    coordinator.send(helper, Kinds.COHORT, cohort);
    return CohortSignature.decode(coordinator.await(helper, Kinds.COHORT_SIGNATURE).body());
  }

  /// Why a helper does not sign.
  String refusalToSign(String helper, Cohort cohort) throws IOException, InterruptedException {
    coordinator.send(helper, Kinds.COHORT, cohort);
    return coordinator.awaitRefusal(helper, Kinds.COHORT_SIGNATURE);
  }

  static RevealRequest request(Cohort cohort, CohortSignature... signatures) {
    return new RevealRequest(
        cohort.ctx(),
        cohort.segment(),
        cohort.attempt(),
        cohort.hash(),
        Arrays.stream(signatures).sorted(Comparator.comparing(CohortSignature::helper)).toList());
  }

  Reveal reveal(String helper, RevealRequest request) throws InterruptedException {
    coordinator.send(helper, Kinds.REVEAL_REQUEST, request);
    return Reveal.decode(coordinator.await(helper, Kinds.REVEAL).body());
  }

  /// Why a helper does not reveal.
  String refusalToReveal(String helper, RevealRequest request)
      throws IOException, InterruptedException {
    coordinator.send(helper, Kinds.REVEAL_REQUEST, request);
    return coordinator.awaitRefusal(helper, Kinds.REVEAL);
  }

  /// A helper's statement that it revealed nothing of an attempt at segment 0.
  NotRevealed state(String helper, int attempt) throws InterruptedException {
    ask(helper, attempt);
    return NotRevealed.decode(coordinator.await(helper, Kinds.NOT_REVEALED).body());
  }

  /// Why a helper does not state that.
  String refusalToState(String helper, int attempt) throws IOException, InterruptedException {
    ask(helper, attempt);
    String declined = ControlMessage.kind(ControlMessage.DeclineStatement.class);
    return ControlMessage.read(
            coordinator.await(helper, declined, Kinds.NOT_REVEALED),
            ControlMessage.DeclineStatement.class)
        .reason();
  }

  private void ask(String helper, int attempt) {
    coordinator.send(
        helper, new ControlMessage.StatementRequest(round.open().round(), 0, attempt).envelope());
  }

  /// Opens the sum over a cohort with what helpers revealed.
  SegmentSum open(Cohort cohort, Reveal... revealed) throws IOException {
    Reveals reveals = new Reveals(round, cohort);
    for (Reveal reveal : revealed) {
      reveals.add(reveal);
    }
    Map<String, StoredSegment> stored = new HashMap<>();
    for (String client : cohort.clients()) {
      byte[] bytes =
          coordinator.blocks.getOrDefault(CuriousCoordinator.name(client, 0, 0), new byte[0]);
      stored.put(client, (position, out) -> out.put(bytes, (int) position, out.remaining()));
    }
    try (Tensors mean = Tensors.allocate(round.open().layout())) {
      return new SegmentFold(round, cohort, stored, _ -> {})
          .open(reveals.sumOfSecrets().sum(), mean);
    }
  }

  /// Ends the round, so that nobody waits for more of it.
  @Override
  public void close() {
    for (String client : honest()) {
      coordinator.send(
          client,
          new ControlMessage.RoundVoid(round.open().round(), "the test is over").envelope());
    }
  }
}
