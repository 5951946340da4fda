package ai.cifer.fedlearn.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.train.TrainOptions.Buffers;
import org.junit.jupiter.api.Test;

class PrivateStrategyTest {

  private static final UpdatePrivacy CENTRAL = UpdatePrivacy.central(1, 1, 3, 1e-5);

  @Test
  void aStrategyStaysWhatItIs_andItsClientsAddNoise() {
    Strategy.Linear inner = FedYogi.builder().encryption("secure-aggregation").build();
    Strategy.Linear made = PrivateStrategy.around(inner, CENTRAL);
    assertThat(made.name()).isEqualTo("fedyogi");
    assertThat(made.memory()).isEqualTo(inner.memory());
    assertThat(made.encryption()).contains("secure-aggregation");
    assertThat(made.trainConfig(1).privacy()).contains(CENTRAL);
    assertThat(made.trainConfig(1).uniform()).isTrue();
    assertThat(made.trainConfig(1).options().buffers()).isEqualTo(Buffers.LOCAL);
    assertThat(inner.trainConfig(1).privacy()).isEmpty();
  }

  @Test
  void oneThatSendsNumbersBesideTheChange_isRefused() {
    assertThatThrownBy(() -> PrivateStrategy.around(FedNova.builder().build(), CENTRAL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("privacy with FedNova")
        .hasMessageContaining("no single numbers");
  }

  @Test
  void whatSeesSingleUpdates_needsNoiseInEachOfThem() {
    Strategy.Robust krum = Krum.builder().build();
    assertThatThrownBy(() -> PrivateStrategy.around(krum, CENTRAL))
        .hasMessageContaining("scope: central with strategy krum (expected: local");
    UpdatePrivacy local = UpdatePrivacy.local(1, 1, 1e-5);
    assertThat(PrivateStrategy.around(krum, local).minClients()).isEqualTo(krum.minClients());
  }
}
