package ai.cifer.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ClientTaskTest {

  private static final ClientTask TASK =
      new ClientTask(
          "client-0001",
          7,
          new TreeMap<>(Map.of("encryption", "none", "seed", "-5")),
          new Fate(Fate.Moment.LATE, 2.5));

  @Property(tries = 100)
  void aTask_comesBackAsItWas(
      @ForAll String client,
      @ForAll int round,
      @ForAll Map<String, String> config,
      @ForAll Fate.Moment moment,
      @ForAll double seconds) {
    ClientTask task =
        new ClientTask(client, round, new TreeMap<>(config), new Fate(moment, seconds));
    assertThat(ClientTask.decode(task.encode())).isEqualTo(task);
  }

  @Property(tries = 300)
  void damagedBytes_areRefused_orAreAnotherTask(
      @ForAll int at, @ForAll byte value, @ForAll int cut) {
    byte[] bytes = TASK.encode();
    bytes[Math.floorMod(at, bytes.length)] = value;
    byte[] damaged = Arrays.copyOf(bytes, bytes.length - Math.floorMod(cut, bytes.length));
    try {
      assertThat(ClientTask.decode(damaged)).isNotNull();
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageStartingWith("task: ");
    }
  }

  @Test
  void whatIsNoTask_isRefused() {
    assertThatThrownBy(() -> ClientTask.decode(new byte[(1 << 20) + 1]))
        .hasMessage("task: 1048577 bytes (expected: at most 1048576)");
    assertThatThrownBy(() -> ClientTask.decode("{}".getBytes(StandardCharsets.UTF_8)))
        .hasMessageStartingWith("task: malformed (expected: as ClientTask.encode writes it)");
    assertThatThrownBy(() -> ClientTask.decode("null".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
