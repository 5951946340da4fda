package ai.cifer.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.transport.PortFigures;
import org.junit.jupiter.api.Test;

class RunFiguresTest {
  private final RunFigures figures = new RunFigures();

  private void join(String name) {
    figures.on(new RunEvent.Joined(name, "client"));
  }

  private void assertParticipants(int count) {
    assertThat(figures.text(new PortFigures(0, 0, 0, 0, 0, 0)))
        .contains("cifer_participants " + count + "\n");
  }

  /// Whoever comes back before its old link is seen to be lost does not leave in between.
  @Test
  void whoeverReconnects_isOneParticipant() {
    join("client-1");
    join("client-2");
    join("client-1");
    join("client-1");
    assertParticipants(2);
    figures.on(new RunEvent.Left("client-1", "client", "lost"));
    assertParticipants(1);
  }
}
