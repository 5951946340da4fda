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
import net.jqwik.api.Tag;

/// Whatever the roster, whoever drops out, whichever helpers answer: what opens is the sum of the
/// plain integers, bit for bit.
class RosterPropertyTest {
  private static final ModelLayout LAYOUT =
      new ModelLayout(List.of(new TensorSpec("w", List.of(30))));

  @Property(tries = 3, shrinking = ShrinkingMode.OFF)
  void whereAllClientsHelp_theSumOfAnyCohortIsThePlainOne(@ForAll long seed) throws IOException {
    RandomGenerator random = TestFederation.random(seed);
    theSumOfAnyCohortIsThePlainOne(3 + random.nextInt(14), random);
  }

  /// Each of two can compute the other's update, so both say in their files that they want it.
  @Property(tries = 1, shrinking = ShrinkingMode.OFF)
  void ofTwoThatConsented_theSumIsThePlainOne(@ForAll long seed) throws IOException {
    theSumOfAnyCohortIsThePlainOne(2, TestFederation.random(seed));
  }

  /// 32 helpers that all clients draw.
  @Property(tries = 1, shrinking = ShrinkingMode.OFF)
  void whereHelpersAreDrawn_theSumOfAnyCohortIsThePlainOne(@ForAll long seed) throws IOException {
    RandomGenerator random = TestFederation.random(seed);
    theSumOfAnyCohortIsThePlainOne(33 + random.nextInt(8), random);
  }

  @Property(tries = 3, shrinking = ShrinkingMode.OFF)
  @Tag("slow")
  void inRostersUpTo256_theSumOfAnyCohortIsThePlainOne(@ForAll long seed) throws IOException {
    RandomGenerator random = TestFederation.random(seed);
    // Small ones as often as large ones.
    theSumOfAnyCohortIsThePlainOne(
        (int) Math.round(17 * Math.pow(256 / 17.0, random.nextDouble())), random);
  }

  private static void theSumOfAnyCohortIsThePlainOne(int clients, RandomGenerator random)
      throws IOException {
    List<ClientUpdate> updates = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      updates.add(TestFederation.update(LAYOUT, random, 1 + random.nextInt(500)));
      order.add(i);
    }
    Collections.shuffle(order, Random.from(random));
    int least = Math.min(3, clients);
    List<Integer> delivering = order.subList(0, least + random.nextInt(clients - least + 1));

    TestRound masked = deliver(EncryptionMode.SECURE_AGGREGATION, updates, delivering);
    TestRound plain = deliver(EncryptionMode.NONE, updates, delivering);
    Tensors expected = Tensors.allocate(LAYOUT);
    plain.finish(0, expected);

    Tensors opened = Tensors.allocate(LAYOUT);
    SegmentSum sum = finish(masked, random, opened);
    assertThat(sum.clients()).isEqualTo(delivering.size());
    assertThat(opened.digest()).isEqualTo(expected.digest());
  }

  private static TestRound deliver(
      EncryptionMode mode, List<ClientUpdate> updates, List<Integer> delivering)
      throws IOException {
    Path spool = Files.createTempDirectory("roster");
    TestFederation federation = new TestFederation(updates.size(), spool);
    AggregationPlan plan = AggregationPlan.uniform(mode, true, LAYOUT, 0.25f, 1000);
    Tensors model = Tensors.allocate(LAYOUT);
    int least = Math.min(3, updates.size());
    TestRound round = new TestRound(federation, federation.open(plan, model, 1, least), model);
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
