package ai.cifer.secagg;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.secagg.client.ClientRole;
import ai.cifer.secagg.client.Contribution;
import ai.cifer.secagg.client.UpdateProtector;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.OpenedSums;
import ai.cifer.secagg.coordinator.Reveals;
import ai.cifer.secagg.coordinator.SegmentFold;
import ai.cifer.secagg.coordinator.SegmentReceiver;
import ai.cifer.secagg.coordinator.SegmentSum;
import ai.cifer.secagg.coordinator.Statements;
import ai.cifer.secagg.coordinator.StoredSegment;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.EncryptedSum;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.NotRevealed;
import ai.cifer.secagg.message.OpenedSum;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.message.RevealRequest;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One round driven step by step, every message through its bytes.
public final class TestRound {
  public final TestFederation federation;
  public final RoundOpen open;
  public final VerifiedRound round;
  public final Tensors model;
  public final Map<String, byte[]> blocks = new HashMap<>();
  public final Map<String, List<SealedShare>> shares = new HashMap<>();
  public final Map<String, Manifest> manifests = new HashMap<>();
  public final Map<Integer, Contribution> contributions = new HashMap<>();

  /// The attempt that runs, by segment.
  public final Map<Integer, Integer> attempts = new HashMap<>();

  private final Map<Integer, Statements> statements = new HashMap<>();

  public TestRound(TestFederation federation, RoundOpen open, Tensors model) throws IOException {
    this.federation = federation;
    this.open = RoundOpen.decode(open.encode());
    this.model = model;
    round = VerifiedRound.verify(this.open, federation.enrolment());
    for (TestParticipant helper : helpers()) {
      helper(helper).accept(this.open);
    }
  }

  public List<TestParticipant> helpers() {
    return federation.helpersOf(open.plan().mode());
  }

  public HelperRole helper(TestParticipant helper) throws IOException {
    return federation.helper(helper, open.plan().mode());
  }

  /// What a client delivers for all segments but those that it drops.
  public void deliver(int client, ClientUpdate update, Set<Integer> dropped) throws IOException {
    ClientRole role = federation.client(client, open.plan().mode());
    VerifiedRound accepted = role.accept(RoundOpen.decode(open.encode()));
    accepted.requireModel(model);
    Contribution contribution = role.contribute(accepted, update);
    contributions.put(client, contribution);
    for (int segment = 0; segment < round.segments().size(); segment++) {
      if (!dropped.contains(segment)) {
        try (UpdateProtector protector = contribution.protect(segment)) {
          keep(client, protector);
        }
      }
    }
  }

  private void keep(int client, UpdateProtector protector) throws IOException {
    String key = key(federation.clients.get(client).name(), protector.segment().index());
    blocks.put(key, readAll(protector));
    shares.put(
        key, protector.shares().stream().map(share -> SealedShare.decode(share.encode())).toList());
    manifests.put(key, Manifest.decode(protector.manifest().encode()));
  }

  /// The attempt that runs failed: some helpers state that they revealed nothing of it.
  public Retry renounced(int segment, List<TestParticipant> stating) throws IOException {
    Statements all = statements.computeIfAbsent(segment, index -> new Statements(round, index));
    all.collect();
    for (TestParticipant helper : stating) {
      NotRevealed statement =
          helper(helper).renounce(round.ctx(), segment, attempts.getOrDefault(segment, 0));
      all.add(NotRevealed.decode(statement.encode()));
    }
    return Retry.decode(all.retry().encode());
  }

  /// The next attempt begins: these clients send the segment again.
  public void retry(Retry retry, List<Integer> clients) throws IOException {
    int segment = retry.segment();
    attempts.put(segment, retry.attempt());
    for (TestParticipant helper : helpers()) {
      helper(helper).retry(retry);
    }
    for (TestParticipant client : federation.clients) {
      manifests.remove(key(client.name(), segment));
    }
    for (int client : clients) {
      try (UpdateProtector protector = contributions.get(client).retry(retry)) {
        keep(client, protector);
      }
    }
  }

  public static byte[] readAll(UpdateProtector protector) throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) protector.length());
    ByteBuffer chunk = ByteBuffer.allocate(10_007);
    while (protector.read(chunk.clear()) >= 0) {
      all.put(chunk.flip());
    }
    return all.array();
  }

  public static String key(String client, int segment) {
    return client + "/" + segment;
  }

  public Bytes root(String client, int segment) {
    SegmentReceiver receiver = new SegmentReceiver(round, round.segments().get(segment), client);
    ByteBuffer all = ByteBuffer.wrap(blocks.get(key(client, segment)));
    while (all.hasRemaining()) {
      int count = Math.min(7_919, all.remaining());
      receiver.accept(all.slice(all.position(), count));
      all.position(all.position() + count);
    }
    return receiver.root();
  }

  /// Everybody who delivered the segment.
  public Candidates candidates(int segment) throws IOException {
    Candidates candidates = new Candidates(round, segment, attempts.getOrDefault(segment, 0));
    for (TestParticipant client : federation.clients) {
      Manifest manifest = manifests.get(key(client.name(), segment));
      if (manifest != null) {
        candidates.add(
            new MemoryDelivery(manifest, shares.get(key(client.name(), segment))),
            root(client.name(), segment));
      }
    }
    return candidates;
  }

  public void hold(Candidates candidates, TestParticipant helper) throws IOException {
    Optional<ShareStatus> status = Optional.empty();
    for (int part = 0; part < candidates.parts(); part++) {
      Shares shares = candidates.sharesFor(helper.name(), part);
      status = helper(helper).hold(Shares.decode(shares.encode()));
    }
    candidates.add(ShareStatus.decode(status.orElseThrow().encode()));
  }

  public CohortCertificate certify(Cohort cohort, List<TestParticipant> signers)
      throws IOException {
    CohortCertificate certificate = new CohortCertificate(round, cohort);
    for (TestParticipant helper : signers) {
      CohortSignature signature = helper(helper).certify(Cohort.decode(cohort.encode()));
      certificate.add(CohortSignature.decode(signature.encode()));
    }
    return certificate;
  }

  public Coefficients reveal(CohortCertificate certificate, List<TestParticipant> revealers)
      throws IOException {
    Reveals reveals = new Reveals(round, certificate.cohort());
    RevealRequest request = RevealRequest.decode(certificate.request().encode());
    for (TestParticipant helper : revealers) {
      reveals.add(Reveal.decode(helper(helper).reveal(request).encode()));
    }
    return reveals.sumOfSecrets().sum();
  }

  /// The sum of ciphertexts, opened by the key holder message after message.
  public OpenedSums openSum(Cohort cohort) throws IOException {
    OpenedSums opened = new OpenedSums(round, cohort);
    while (!opened.isComplete()) {
      EncryptedSum sum = EncryptedSum.decode(fold(cohort).encryptedSum(opened.next()).encode());
      opened.add(OpenedSum.decode(helper(helpers().getFirst()).open(sum).encode()));
    }
    return opened;
  }

  public SegmentFold fold(Cohort cohort) {
    Map<String, StoredSegment> stored = new HashMap<>();
    for (String client : cohort.clients()) {
      stored.put(client, stored(blocks.get(key(client, cohort.segment()))));
    }
    return new SegmentFold(round, cohort, stored, done -> {});
  }

  public static StoredSegment stored(byte[] bytes) {
    return (position, out) -> out.put(bytes, (int) position, out.remaining());
  }

  /// The whole way of one segment with every helper.
  public SegmentSum finish(int segment, Tensors mean) throws IOException {
    return finish(segment, mean, helpers(), helpers());
  }

  public SegmentSum finish(
      int segment, Tensors mean, List<TestParticipant> signers, List<TestParticipant> revealers)
      throws IOException {
    Candidates candidates = candidates(segment);
    for (TestParticipant helper : signers) {
      hold(candidates, helper);
    }
    Cohort cohort = candidates.cohort();
    if (!open.plan().mode().isProtected()) {
      return fold(cohort).sum(candidates.manifests(cohort), mean);
    }
    CohortCertificate certificate = certify(cohort, signers);
    if (round.cipher().isPresent()) {
      return fold(cohort).decode(openSum(cohort), mean);
    }
    return fold(cohort).open(reveal(certificate, revealers), mean);
  }

  /// All segments.
  public Tensors finishAll() throws IOException {
    Tensors mean = Tensors.allocate(open.layout());
    for (int segment = 0; segment < round.segments().size(); segment++) {
      finish(segment, mean);
    }
    return mean;
  }
}
