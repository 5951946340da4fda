package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.SegmentSum;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/// Whatever the roster, whoever drops out, whichever helpers answer: what opens is the sum of the
/// plain integers, bit for bit.
class RosterPropertyTest {
  private static final ModelLayout LAYOUT =
      new ModelLayout(List.of(new TensorSpec("w", List.of(30))));

  /// Shares sealed in one try: each costs a key encapsulation.
  private static final int MOST_SHARES = 500;

  @Property(tries = 4, shrinking = ShrinkingMode.OFF)
  void theSumOfAnyCohortIsThePlainOne(@ForAll long seed) throws IOException {
    RandomGenerator random = TestFederation.random(seed);
    // From 3 to 256, small ones as often as large ones.
    int clients = (int) Math.round(3 * Math.pow(256 / 3.0, random.nextDouble()));
    int helpers = clients <= RoundPolicy.MOST_HELPING_CLIENTS ? clients : 16;
    List<ClientUpdate> updates = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      updates.add(TestFederation.update(LAYOUT, random, 1 + random.nextInt(500)));
      order.add(i);
    }
    Collections.shuffle(order, Random.from(random));
    int most = Math.min(clients, MOST_SHARES / helpers);
    List<Integer> delivering = order.subList(0, 3 + random.nextInt(most - 2));

    TestRound masked = deliver(EncryptionMode.SECURE_AGGREGATION, updates, delivering, helpers);
    TestRound plain = deliver(EncryptionMode.NONE, updates, delivering, helpers);
    Tensors expected = Tensors.allocate(LAYOUT);
    plain.finish(0, expected);

    Tensors opened = Tensors.allocate(LAYOUT);
    SegmentSum sum = finish(masked, random, opened);
    assertThat(sum.clients()).isEqualTo(delivering.size());
    assertThat(opened.digest()).isEqualTo(expected.digest());
  }

  private static TestRound deliver(
      EncryptionMode mode, List<ClientUpdate> updates, List<Integer> delivering, int helpers)
      throws IOException {
    Path spool = Files.createTempDirectory("roster");
    TestFederation federation = new TestFederation(updates.size(), spool);
    federation.helpingClients = helpers;
    AggregationPlan plan = AggregationPlan.uniform(mode, true, LAYOUT, 0.25f, 1000);
    Tensors model = Tensors.allocate(LAYOUT);
    TestRound round = new TestRound(federation, federation.open(plan, model, 1, 3), model);
    for (int client : delivering) {
      round.deliver(client, updates.get(client), Set.of());
    }
    Files.delete(spool);
    return round;
  }

  /// Each step is answered by another subset of the helpers, never fewer than the quorum.
  private static SegmentSum finish(TestRound round, RandomGenerator random, Tensors mean)
      throws IOException {
    Candidates candidates = round.candidates(0);
    List<TestParticipant> checking = some(round.helpers(), round.open.threshold(), random);
    for (TestParticipant helper : checking) {
      round.hold(candidates, helper);
    }
    Cohort cohort = candidates.cohort();
    List<TestParticipant> signing = some(checking, round.open.threshold(), random);
    CohortCertificate certificate = round.certify(cohort, signing);
    List<TestParticipant> revealing = some(signing, round.open.threshold(), random);
    return round.fold(cohort).open(round.reveal(certificate, revealing), mean);
  }

  private static List<TestParticipant> some(
      List<TestParticipant> all, int least, RandomGenerator random) {
    List<TestParticipant> some = new ArrayList<>(all);
    Collections.shuffle(some, Random.from(random));
    return some.subList(0, least + random.nextInt(all.size() - least + 1));
  }
}
