package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.CohortCertificate;
import ai.cifer.secagg.coordinator.SegmentSum;
import ai.cifer.secagg.message.Retry;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.HelperTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/// Wherever attempts break off, and whoever is still there afterwards: what opens at last is the
/// sum of the plain integers, bit for bit, and no two attempts have a mask in common.
class RetryPropertyTest {
  private static final ModelLayout LAYOUT =
      new ModelLayout(List.of(new TensorSpec("w", List.of(60))));

  private static final int SEGMENTS = 3;

  @Property(tries = 4, shrinking = ShrinkingMode.OFF)
  void afterRetriesTheSumIsThePlainOne(@ForAll long seed) throws IOException {
    RandomGenerator random = TestFederation.random(seed);
    EncryptionMode mode =
        random.nextInt(4) == 0 ? EncryptionMode.KEY_HOLDER : EncryptionMode.SECURE_AGGREGATION;
    int clients = 3 + random.nextInt(4);
    List<ClientUpdate> updates = new ArrayList<>();
    List<Integer> everybody = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      updates.add(TestFederation.update(LAYOUT, random, 1 + random.nextInt(500)));
      everybody.add(i);
    }
    TestRound masked = open(mode, clients);
    for (int client : everybody) {
      masked.deliver(client, updates.get(client), Set.of());
    }
    Tensors opened = Tensors.allocate(LAYOUT);
    Map<Integer, List<Integer>> cohorts = new HashMap<>();
    for (int segment = 0; segment < SEGMENTS; segment++) {
      cohorts.put(segment, finish(masked, segment, everybody, random, opened));
    }

    TestRound plain = open(EncryptionMode.NONE, clients);
    for (int client : everybody) {
      Set<Integer> dropped = new HashSet<>();
      cohorts.forEach((segment, cohort) -> {
        if (!cohort.contains(client)) {
          dropped.add(segment);
        }
      });
      plain.deliver(client, updates.get(client), dropped);
    }
    assertThat(opened.digest()).isEqualTo(plain.finishAll().digest());
  }

  private static TestRound open(EncryptionMode mode, int clients) throws IOException {
    Path spool = Files.createTempDirectory("retry");
    spool.toFile().deleteOnExit();
    TestFederation federation = new TestFederation(clients, spool);
    AggregationPlan plan =
        AggregationPlan.uniform(mode, true, LAYOUT, 0.25f, 1000)
            .withSegmentParameters(LAYOUT.parameters() / SEGMENTS);
    Tensors model = Tensors.allocate(LAYOUT);
    return new TestRound(federation, federation.open(plan, model, 1, 3), model);
  }

  /// @return the clients whose updates are in the sum
  private static List<Integer> finish(
      TestRound round, int segment, List<Integer> everybody, RandomGenerator random, Tensors mean)
      throws IOException {
    List<Integer> there = everybody;
    Set<String> masks = new HashSet<>();
    int failures = random.nextInt(3);
    for (int failed = 0; failed < failures; failed++) {
      collectMasks(round, segment, masks);
      List<TestParticipant> silent = breakOff(round, segment, random);
      List<TestParticipant> stating = new ArrayList<>(round.helpers());
      stating.removeAll(silent);
      Retry retry = round.renounced(segment, stating);
      there = some(there, 3, random);
      round.retry(retry, there);
    }
    collectMasks(round, segment, masks);
    List<TestParticipant> quorum = quorum(round, random);
    SegmentSum sum = round.finish(segment, mean, quorum, quorum);
    assertThat(sum.clients()).isEqualTo(there.size());
    return there;
  }

  /// Every upload so far is another one, although every update is the same.
  private static void collectMasks(TestRound round, int segment, Set<String> masks) {
    for (TestParticipant client : round.federation.clients) {
      var manifest = round.manifests.get(TestRound.key(client.name(), segment));
      if (manifest != null) {
        assertThat(masks.add(manifest.root().toString())).isTrue();
      }
    }
  }

  /// An attempt breaks off somewhere before t helpers revealed.
  ///
  /// @return the helpers that revealed, as many as leave enough that did not
  private static List<TestParticipant> breakOff(
      TestRound round, int segment, RandomGenerator random) throws IOException {
    int moment = random.nextInt(4);
    List<TestParticipant> helpers = new ArrayList<>(round.helpers());
    Collections.shuffle(helpers, Random.from(random));
    if (moment == 0) {
      return List.of();
    }
    Candidates candidates = round.candidates(segment);
    for (TestParticipant helper : helpers) {
      round.hold(candidates, helper);
    }
    if (moment == 1) {
      return List.of();
    }
    CohortCertificate certificate = round.certify(candidates.cohort(), helpers);
    int needed = HelperTrust.MALICIOUS_THIRD.statements(round.open.threshold(), helpers.size());
    int mayReveal = helpers.size() - needed;
    if (moment == 2 || mayReveal == 0) {
      return List.of();
    }
    List<TestParticipant> revealing = helpers.subList(0, 1 + random.nextInt(mayReveal));
    for (TestParticipant helper : revealing) {
      round.helper(helper).reveal(certificate.request());
    }
    return revealing;
  }

  private static List<TestParticipant> quorum(TestRound round, RandomGenerator random) {
    List<TestParticipant> helpers = new ArrayList<>(round.helpers());
    Collections.shuffle(helpers, Random.from(random));
    return helpers.subList(0, round.open.threshold());
  }

  private static List<Integer> some(List<Integer> all, int least, RandomGenerator random) {
    List<Integer> some = new ArrayList<>(all);
    Collections.shuffle(some, Random.from(random));
    return some.subList(0, least + random.nextInt(all.size() - least + 1));
  }
}
