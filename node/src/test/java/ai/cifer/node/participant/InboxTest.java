package ai.cifer.node.participant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.wire.Kinds;
import ai.cifer.transport.Envelope;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class InboxTest {
  private final Inbox inbox = new Inbox();

  private static Envelope envelope(int number) {
    return new Envelope("kind", String.valueOf(number), new byte[0]);
  }

  private void fill() {
    for (int i = 0; i < 8; i++) {
      inbox.received(envelope(i));
    }
  }

  @Test
  void theEndOfALinkWaitsForNobodyAndComesLast() throws InterruptedException {
    assertThat(inbox.isUsed()).isFalse();
    fill();
    inbox.closed("over");
    for (int i = 0; i < 8; i++) {
      assertThat(inbox.take()).isEqualTo(new Inbox.Item.Arrived(envelope(i)));
    }
    assertThat(inbox.take()).isEqualTo(new Inbox.Item.Closed("over"));
    assertThat(inbox.isUsed()).isTrue();
  }

  /// Everybody gets it who connects, also from a coordinator that drops them at once: with it no
  /// patience ever ended.
  @Test
  void theOutlineIsNoSignOfAnythingBeingDone() {
    Envelope outline = new Envelope(Kinds.OUTLINE, "", new byte[0]);
    inbox.received(outline);
    assertThat(inbox.isUsed()).isFalse();
    SharedInbox shared = new SharedInbox(receipt -> {});
    shared.received(outline);
    assertThat(shared.isUsed()).isFalse();
    shared.received(envelope(1));
    assertThat(shared.isUsed()).isTrue();
  }

  @Test
  void aFullInboxHoldsTheLinkBackUntilOneIsTakenOrNobodyTakesAnyMore() throws Exception {
    fill();
    Thread ninth = Thread.ofVirtual().start(() -> inbox.received(envelope(8)));
    assertThat(ninth.join(Duration.ofMillis(100))).isFalse();
    inbox.take();
    assertThat(ninth.join(Duration.ofSeconds(10))).isTrue();

    Thread tenth = Thread.ofVirtual().start(() -> inbox.received(envelope(9)));
    assertThat(tenth.join(Duration.ofMillis(100))).isFalse();
    inbox.close();
    assertThat(tenth.join(Duration.ofSeconds(10))).isTrue();
    inbox.received(envelope(10));
    inbox.closed("over");
    assertThat(inbox.take()).isEqualTo(new Inbox.Item.Closed("over"));
  }
}
