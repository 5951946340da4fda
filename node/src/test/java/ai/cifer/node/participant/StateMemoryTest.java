package ai.cifer.node.participant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.KeptPlaces;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.message.RoundOpen;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateMemoryTest {

  private static final ModelLayout LAYOUT =
      new ModelLayout(List.of(new TensorSpec("w", List.of(2))));

  @TempDir Path state;
  private StateMemory memory;

  @BeforeEach
  void begin() throws Exception {
    memory = inRun("run-1");
  }

  private StateMemory inRun(String run) throws Exception {
    return inRun(run, 1, RoundOpen.NO_RESULT);
  }

  private StateMemory inRun(String run, int round, Bytes previous) throws Exception {
    StateMemory memory = StateMemory.in(state);
    memory.begin("federation", run, round, previous);
    return memory;
  }

  private static void write(StateMemory memory, float value) throws Exception {
    try (Tensors next = memory.after("control", LAYOUT)) {
      next.write(0, new float[] {value, value}, 2);
    }
  }

  private static float read(StateMemory memory) throws Exception {
    Optional<Tensors> before = memory.before("control", LAYOUT);
    try (Tensors values = before.orElseThrow()) {
      return values.get(1);
    }
  }

  /// SCAFFOLD's control variates of both sides belong together, place by place.
  @Test
  void whatEnteredNoSumStaysAsItWas() throws Exception {
    KeptPlaces second = KeptPlaces.of(2, 1, List.of(new Segment(1, 1, 1)));
    write(memory, 1);
    memory.retain("control", second, LAYOUT);
    memory.keep();
    assertThat(read(memory)).as("before the first round it was zero").isZero();

    write(memory, 2);
    memory.keep();
    write(memory, 3);
    memory.retain("control", second, LAYOUT);
    memory.keep();
    assertThat(read(memory)).isEqualTo(2);
    try (Tensors values = memory.before("control", LAYOUT).orElseThrow()) {
      assertThat(values.get(0)).isEqualTo(3);
    }
    memory.retain("control", second, LAYOUT);
  }

  @Test
  void whatARoundWroteCountsOnceItHasAResult() throws Exception {
    write(memory, 1);
    assertThat(memory.before("control", LAYOUT)).isEmpty();
    memory.keep();
    assertThat(read(memory)).isEqualTo(1);

    write(memory, 2);
    memory.forget();
    memory.keep();
    assertThat(read(memory)).as("the round had no result").isEqualTo(1);
  }

  @Test
  void itOutlivesTheProcess_withoutWhatWasNotKept() throws Exception {
    write(memory, 1);
    memory.keep();
    write(memory, 2);

    StateMemory again = inRun("run-1");

    assertThat(read(again)).isEqualTo(1);
    again.keep();
    assertThat(read(again)).isEqualTo(1);
  }

  /// The result got lost with the link or the process; that the next round continues from it says
  /// that there was one.
  @Test
  void whatWasSentCounts_onceTheNextRoundContinuesFromAResult() throws Exception {
    write(memory, 1);
    memory.sent(1, RoundOpen.NO_RESULT);

    StateMemory again = inRun("run-1", 2, Bytes.sha256(new byte[1]));

    assertThat(read(again)).isEqualTo(1);
  }

  @Test
  void whatWasSentDoesNotCount_whereTheRoundWasVoidOrItsEndIsNotKnown() throws Exception {
    write(memory, 1);
    memory.sent(1, RoundOpen.NO_RESULT);
    StateMemory voided = inRun("run-1", 2, RoundOpen.NO_RESULT);
    assertThat(voided.before("control", LAYOUT)).as("it was void").isEmpty();

    write(voided, 2);
    voided.sent(2, RoundOpen.NO_RESULT);
    StateMemory later = inRun("run-1", 4, Bytes.sha256(new byte[1]));
    assertThat(later.before("control", LAYOUT)).as("the result may be that of 3").isEmpty();
  }

  @Test
  void whatWasSentAndThenHasAResultCountsOnce_andWhatIsForgottenLeavesNothing() throws Exception {
    write(memory, 1);
    memory.sent(1, RoundOpen.NO_RESULT);
    memory.sent(1, RoundOpen.NO_RESULT);
    memory.keep();
    assertThat(read(memory)).isEqualTo(1);

    write(memory, 2);
    memory.sent(2, Bytes.sha256(new byte[1]));
    memory.forget();
    assertThat(read(inRun("run-1", 3, Bytes.sha256(new byte[2])))).isEqualTo(1);
  }

  @Test
  void anotherRunBeginsWithNothing_andTheOldOneIsDeleted() throws Exception {
    write(memory, 1);
    memory.keep();

    assertThat(inRun("run-2").before("control", LAYOUT)).isEmpty();
    assertThat(inRun("run-1").before("control", LAYOUT)).isEmpty();
  }

  @Test
  void whatIsOfAnotherModelIsNotRead() throws Exception {
    write(memory, 1);
    memory.keep();
    ModelLayout other = new ModelLayout(List.of(new TensorSpec("w", List.of(3))));

    assertThat(memory.before("control", other)).isEmpty();
  }

  @Test
  void nothingIsMadeWhereNothingIsRemembered() {
    assertThat(Files.exists(state.resolve("memory"))).isFalse();
  }
}
