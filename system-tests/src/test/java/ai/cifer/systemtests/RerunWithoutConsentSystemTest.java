package ai.cifer.systemtests;

import static ai.cifer.systemtests.AttackedFederation.ONE;
import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.wire.Kinds;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A coordinator has a second run train the model that a first one had: two updates on one model
/// tell more than one, so a client takes part only if its owner said so in its own file.
@Tag("slow")
class RerunWithoutConsentSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  @Test
  void aSecondRunOnOneModel_isRefused_namingTheConsent() throws Exception {
    try (AttackedFederation attacked = new AttackedFederation(federation)) {
      attacked.restart(Cifer.small(64), Map.of("allow_rerun", false), ONE);
      attacked.capture(attacked.offer()).close();
      attacked.coordinator.uploads.clear();
      attacked.coordinator.send(ONE, Kinds.ROUND_OPEN, attacked.coordinator.sign(attacked.offer()));
      assertThat(attacked.coordinator.awaitWithdrawal(ONE))
          .contains("run run-2: run run-1 had this model already")
          .contains("expected: \"allow_rerun\": true in this participant's file");
      assertThat(attacked.coordinator.uploads).isEmpty();

      attacked.restart(Cifer.small(64), Map.of("allow_rerun", true), ONE);
      try (CapturedRound round = attacked.capture(attacked.offer())) {
        assertThat(round.delivered(ONE, 0).manifest().client()).isEqualTo(ONE);
      }
    }
  }
}
