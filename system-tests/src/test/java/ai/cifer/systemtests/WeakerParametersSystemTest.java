package ai.cifer.systemtests;

import static ai.cifer.systemtests.AttackedFederation.ONE;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.node.wire.Kinds;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A coordinator offers weaker parameters than the file of a real client demands, though other
/// clients would take them: nothing of its leaves.
class WeakerParametersSystemTest {
  private static final Map<String, ?> DEMANDS =
      Map.of("k_min", 4, "t_min", 4, "profiles", List.of("K2_N256"), "max_clip", 2);

  @RegisterExtension static final Federation PROCESSES = new Federation();

  private static AttackedFederation attacked;

  @BeforeAll
  static void start() throws Exception {
    attacked = new AttackedFederation(PROCESSES);
    attacked.restart(Cifer.small(64), DEMANDS, ONE);
  }

  @AfterAll
  static void stop() throws Exception {
    attacked.close();
  }

  /// What the client demands, and no more.
  private static Offer demanded() throws Exception {
    Offer offer = attacked.offer();
    offer.minClients = 4;
    offer.threshold = 4;
    offer.clip = 2;
    return offer;
  }

  private static void assertRefused(Offer offer, String reason) throws Exception {
    attacked.coordinator.uploads.clear();
    attacked.coordinator.send(ONE, Kinds.ROUND_OPEN, attacked.coordinator.sign(offer));
    assertThat(attacked.coordinator.awaitWithdrawal(ONE)).contains(reason);
    assertThat(attacked.coordinator.uploads).isEmpty();
  }

  @Test
  void aProfileOfFewerBits_isRefused() throws Exception {
    Offer offer = demanded();
    offer.parameters = AggregationParameters.K2_N64_DENSE;
    assertRefused(offer, "profile: K2_N64_DENSE (expected: one of [K2_N256])");
  }

  /// A wide clip has so coarse steps that an update is rounded away.
  @Test
  void aWiderClip_isRefused() throws Exception {
    Offer offer = demanded();
    offer.clip = 2.5f;
    assertRefused(
        offer, "clip of dense.weight: 2.5 (expected: <= 2.0, this participant's max_clip)");
  }

  @Test
  void aSmallerCohort_isRefused() throws Exception {
    Offer offer = demanded();
    offer.minClients = 3;
    assertRefused(offer, "k_min: 3 (expected: >= 4, as this participant demands)");
  }

  @Test
  void aLowerThreshold_isRefused() throws Exception {
    Offer offer = demanded();
    offer.threshold = 3;
    assertRefused(offer, "threshold: 3 of 4 helpers (expected: >= 4, this participant's t_min)");
  }

  @Test
  void whatItDemands_isTaken() throws Exception {
    try (CapturedRound round = attacked.capture(demanded())) {
      round.checkAll();
      assertThat(round.delivered(ONE, 0).manifest().client()).isEqualTo(ONE);
    }
  }
}
