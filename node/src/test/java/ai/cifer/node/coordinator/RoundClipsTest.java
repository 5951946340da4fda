package ai.cifer.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundClipsTest {

  @Test
  void theClipOfANumberFollowsItsMean() {
    assertThat(RoundClips.number(4096, 0.5f)).isEqualTo(8);
    assertThat(RoundClips.number(1, -3)).isEqualTo(48);
  }

  /// A number that a step of 4096 / 2^19 hides would be hidden in every further round.
  @Test
  void whereTheMeanIsZero_theClipShrinksUntilTheNumberIsSeen() {
    float clip = 4096;
    int rounds = 0;
    while (clip / (1 << 19) > 1e-6) {
      clip = RoundClips.number(clip, 0);
      rounds++;
    }
    assertThat(rounds).isLessThanOrEqualTo(2);
    for (int i = 0; i < 100; i++) {
      clip = RoundClips.number(clip, 0);
    }
    assertThat(clip).isPositive();
  }
}
