package ai.cifer.secagg.bench;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.client.ClientRole;
import ai.cifer.secagg.client.Contribution;
import ai.cifer.secagg.client.UpdateProtector;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.Reveals;
import ai.cifer.secagg.coordinator.SegmentFold;
import ai.cifer.secagg.coordinator.SegmentReceiver;
import ai.cifer.secagg.coordinator.SegmentSum;
import ai.cifer.secagg.coordinator.StoredSegment;
import ai.cifer.secagg.helper.HelperRole;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.secagg.identity.NotEnrolled;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.journal.ClientJournal;
import ai.cifer.secagg.journal.HelperJournal;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.Member;
import ai.cifer.secagg.message.RoundOpen;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.HelperTrust;
import ai.cifer.secagg.round.RoundPolicy;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Whole rounds of three clients that help one another, without processes and links: every step by
/// the class that does it in a federation, and timed by the processor time of this thread.
public final class StageBench implements AutoCloseable {
  private static final String FEDERATION = "bench";
  private static final int CLIENTS = 3;
  private static final int WEIGHT_CAP = 1000;
  private static final int EXAMPLES = 100;
  private static final float CLIP = 0.1f;
  private static final int MIN_ROUNDS = 5;

  /// As a link hands them to its receiver.
  private static final int CHUNK_BYTES = 1 << 20;

  private final ModelLayout layout;
  private final AggregationPlan plan;
  private final Path spool;
  private final Tensors model;
  private final ClientUpdate update;
  private final Tensors mean;
  private final RoundPolicy policy;
  private final BenchParticipant coordinator;
  private final List<BenchParticipant> clients = new ArrayList<>();
  private final List<ClientRole> roles = new ArrayList<>();
  private final List<HelperRole> helpers = new ArrayList<>();
  private final ProcessorTime client = new ProcessorTime();
  private final ProcessorTime receive = new ProcessorTime();
  private final ProcessorTime fold = new ProcessorTime();
  private final ProcessorTime open = new ProcessorTime();

  private StageBench(AggregationParameters parameters, int values, Path spool)
      throws GeneralSecurityException, IOException {
    this.spool = spool;
    layout = new ModelLayout(List.of(new TensorSpec("w", List.of(values))));
    plan =
        AggregationPlan.uniform(
            EncryptionMode.SECURE_AGGREGATION, true, parameters, layout, CLIP, WEIGHT_CAP);
    model = Tensors.allocate(layout);
    mean = Tensors.allocate(layout);
    update = new ClientUpdate(Tensors.allocate(layout), EXAMPLES);
    float[] random = new float[values];
    SecureRandom source = new SecureRandom();
    for (int i = 0; i < values; i++) {
      random[i] = (source.nextFloat() - 0.5f) * 2 * CLIP;
    }
    update.delta().write(0, random, values);
    policy = RoundPolicy.of(FEDERATION, EncryptionMode.SECURE_AGGREGATION).withMinClients(CLIENTS);
    coordinator = new BenchParticipant("coordinator", Role.COORDINATOR);
    for (int i = 1; i <= CLIENTS; i++) {
      enter(new BenchParticipant("client-" + i, Role.CLIENT));
    }
  }

  private void enter(BenchParticipant self) throws IOException {
    clients.add(self);
    roles.add(
        new ClientRole(
            self,
            policy,
            enrolment(),
            new ClientJournal(new MemoryJournal()),
            true,
            clients.size(),
            spool,
            new SecureRandom()));
    helpers.add(
        new HelperRole(
            self,
            Role.CLIENT,
            policy,
            enrolment(),
            new HelperJournal(new MemoryJournal()),
            new SecureRandom()));
  }

  private Enrolment enrolment() {
    return (name, role, certificate) -> {
      Member claimed = new Member(name, role, Bytes.of(certificate));
      if (claimed.equals(coordinator.member())) {
        return coordinator.key();
      }
      for (BenchParticipant each : clients) {
        if (claimed.equals(each.member())) {
          return each.key();
        }
      }
      throw new NotEnrolled(name + ": unknown");
    };
  }

  /// Measures; the vector kernels should be compiled before.
  ///
  /// @param values of an update, 1 to 2^24
  /// @param duration how long, about
  /// @param spool a folder with room for one masked update
  /// @throws IOException if the spool cannot be written
  public static StageFigures measure(
      AggregationParameters parameters, int values, Duration duration, Path spool)
      throws IOException {
    if (values < 1 || values > 1 << 24) {
      throw new IllegalArgumentException("values: " + values + " (expected: 1 to 16777216)");
    }
    try (StageBench bench = new StageBench(parameters, values, spool)) {
      return bench.measure(duration);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Ed25519 is in every JDK 25", impossible);
    }
  }

  private StageFigures measure(Duration duration) throws IOException {
    long begin = System.nanoTime();
    // The first ones compile; medians leave them out.
    for (int i = 0; i < MIN_ROUNDS || System.nanoTime() - begin < duration.toNanos(); i++) {
      round("run-" + i);
    }
    ShareBench shares = new ShareBench(plan.parameters());
    double perMillion = 1e6 / layout.parameters();
    return new StageFigures(
        (int) layout.parameters(),
        perMillion * client.medianMillis(),
        perMillion * receive.medianMillis(),
        perMillion * fold.medianMillis(),
        perMillion * open.medianMillis(),
        ShareBench.HELPERS,
        shares.splitMillis(),
        shares.combineMillis());
  }

  private void round(String run) throws IOException {
    RoundOpen message = message(run);
    VerifiedRound round = VerifiedRound.verify(message, enrolment());
    for (HelperRole helper : helpers) {
      helper.accept(message);
    }
    Candidates candidates = new Candidates(round, 0, 0);
    Map<String, StoredSegment> stored = new HashMap<>();
    for (int i = 0; i < CLIENTS; i++) {
      deliver(i, message, round, candidates, stored);
    }
    for (int i = 0; i < CLIENTS; i++) {
      candidates.add(
          helpers
              .get(i)
              .hold(candidates.sharesFor(clients.get(i).name()).getFirst())
              .orElseThrow());
    }
    Cohort cohort = candidates.cohort();
    CohortCertificate certificate = new CohortCertificate(round, cohort);
    for (HelperRole helper : helpers) {
      certificate.add(helper.certify(cohort));
    }
    Reveals reveals = new Reveals(round, cohort);
    for (HelperRole helper : helpers) {
      reveals.add(helper.reveal(certificate.request()));
    }
    add(round, cohort, reveals, stored);
    for (HelperRole helper : helpers) {
      helper.forget(round.ctx());
    }
  }

  private RoundOpen message(String run) throws IOException {
    List<HelperHello> hellos = new ArrayList<>();
    for (HelperRole helper : helpers) {
      hellos.add(helper.hello(run, 1));
    }
    return new RoundOpen(
            FEDERATION,
            run,
            1,
            plan,
            layout,
            Bytes.of(model.digest()),
            "bench",
            new TrainConfig(0.1, 32, 1, 5),
            RoundOpen.NO_RESULT,
            HelperTrust.MALICIOUS_THIRD.threshold(CLIENTS),
            CLIENTS,
            coordinator.member(),
            clients.stream().map(BenchParticipant::member).toList(),
            hellos,
            Bytes.EMPTY)
        .signed(coordinator);
  }

  private void deliver(
      int index,
      RoundOpen message,
      VerifiedRound round,
      Candidates candidates,
      Map<String, StoredSegment> stored)
      throws IOException {
    ClientRole role = roles.get(index);
    VerifiedRound accepted = role.accept(message);
    accepted.requireModel(model);
    byte[] blocks = new byte[(int) plan.segmentBytes(layout.parameters())];
    List<SealedShare> shares = new ArrayList<>();
    List<Manifest> manifests = new ArrayList<>();
    client.measure(() -> {
      try (Contribution contribution = role.contribute(accepted, update);
          UpdateProtector protector = contribution.protect(0)) {
        ByteBuffer all = ByteBuffer.wrap(blocks);
        while (all.hasRemaining()) {
          protector.read(all);
        }
        shares.addAll(protector.shares());
        manifests.add(protector.manifest());
      }
    });
    SegmentReceiver receiver =
        new SegmentReceiver(round, round.segments().getFirst(), clients.get(index).name());
    List<Bytes> root = new ArrayList<>();
    receive.measure(() -> {
      for (int at = 0; at < blocks.length; at += CHUNK_BYTES) {
        receiver.accept(
            ByteBuffer.wrap(blocks, at, Math.min(CHUNK_BYTES, blocks.length - at))
                .asReadOnlyBuffer());
      }
      root.add(receiver.root());
    });
    candidates.add(manifests.getFirst(), shares, root.getFirst());
    stored.put(
        clients.get(index).name(),
        (position, out) -> out.put(blocks, (int) position, out.remaining()));
  }

  /// Folding and opening alternate block by block; their clock times divide the processor time.
  private void add(
      VerifiedRound round, Cohort cohort, Reveals reveals, Map<String, StoredSegment> stored)
      throws IOException {
    ProcessorTime both = new ProcessorTime();
    List<SegmentSum> sums = new ArrayList<>();
    both.measure(() ->
        sums.add(
            new SegmentFold(round, cohort, stored, done -> {})
                .open(reveals.sumOfSecrets().sum(), mean)));
    SegmentSum sum = sums.getFirst();
    double folding = sum.foldSeconds() / (sum.foldSeconds() + sum.openSeconds());
    fold.add(both.last() * folding / CLIENTS);
    open.add(both.last() * (1 - folding));
  }

  @Override
  public void close() {
    helpers.forEach(HelperRole::close);
    update.close();
    mean.close();
    model.close();
  }
}
