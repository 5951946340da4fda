package ai.cifer.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalsTest {
  private final AtomicLong now = new AtomicLong();
  private final Refusals refusals = new Refusals(now::get);
  private final Logger logger = (Logger) LoggerFactory.getLogger(Refusals.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  private List<String> said() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void aFlood_isOneLineAMinute() {
    for (int i = 0; i < 1000; i++) {
      refusals.stranger("10.0.0.1", "too long");
      refusals.stranger("10.0.0.2", "too long");
    }
    assertThat(said()).containsExactly("Refused 10.0.0.1: too long", "Refused 10.0.0.2: too long");
    now.addAndGet(Refusals.PERIOD.toNanos());
    refusals.stranger("10.0.0.1", "too long");
    assertThat(said())
        .last()
        .isEqualTo("Refused 10.0.0.1: too long (999 more times since it was last said)");
    assertThat(refusals.total()).isEqualTo(2001);
  }

  @Test
  void reasonsWithoutEnd_areForgotten_andLinesAreClean() {
    for (int i = 0; i < 100_000; i++) {
      now.addAndGet(Refusals.PERIOD.toNanos() / Refusals.MOST_LINES);
      refusals.stranger("10.0.0.1", "number " + i);
    }
    lines.list.clear();
    refusals.stranger("10.0.0.1", "number 99999");
    now.addAndGet(Refusals.PERIOD.toNanos() / Refusals.MOST_LINES);
    refusals.stranger("10.0.0.1", "a\nb\u202e");
    assertThat(said()).containsExactly("Refused 10.0.0.1: a?b?");
  }

  /// Each connection with another garbage was a line of its own.
  @Test
  void otherReasonsEachTime_areSixtyLinesAMinute_andHideNoParticipant() {
    for (int i = 0; i < 100_000; i++) {
      refusals.stranger("10.0.0." + i % 200, "number " + i);
    }
    assertThat(said()).hasSize(Refusals.MOST_LINES);
    var participant =
        new Caller(new TestAuthority("a").issue("client-1").chain().getFirst(), () -> {});
    refusals.refused(participant, "too long");
    assertThat(said()).hasSize(Refusals.MOST_LINES + 1).last().asString().contains("client-1");
    now.addAndGet(Refusals.PERIOD.toNanos());
    refusals.stranger("10.0.0.1", "too long");
    assertThat(said())
        .endsWith(
            "Refused strangers 99940 more times, each for a reason of its own",
            "Refused 10.0.0.1: too long");
    assertThat(refusals.total()).isEqualTo(100_002);
  }
}
