package ai.cifer.node.participant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.wire.ControlMessage;
import ai.cifer.transport.Envelope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LastWordsTest {

  private static final ControlMessage.RunEnd END = new ControlMessage.RunEnd(3, "too few");

  @Test
  void thingsComeOutInOrder() throws Exception {
    Inbox inbox = new Inbox();
    Envelope first = new Envelope("a", "", new byte[1]);
    inbox.received(first);
    inbox.closed("gone");
    assertThat(inbox.take()).isEqualTo(new Inbox.Item.Arrived(first));
    assertThat(inbox.take()).isEqualTo(new Inbox.Item.Closed("gone"));
  }

  @Test
  void aGoodbyeThatWasNotReadYet_isFound() throws Exception {
    Inbox inbox = new Inbox();
    inbox.received(new ControlMessage.RoundVoid(1, "too few").envelope());
    inbox.received(END.envelope());
    inbox.closed("the run is over");
    assertThat(inbox.lastWords()).contains(new Ending(3, "too few"));
  }

  @Test
  void aLinkThatIsJustLost_hasNoLastWords() throws Exception {
    Inbox inbox = new Inbox();
    inbox.received(new ControlMessage.RoundVoid(1, "too few").envelope());
    inbox.closed("lost");
    // What comes over the next link is another inbox's.
    inbox.received(END.envelope());
    assertThat(inbox.lastWords()).isEmpty();
    assertThat(new Inbox().lastWords()).as("nothing comes, nobody waits for ever").isEmpty();
  }

  @Test
  void aGoodbyeThatCannotBeRead_isNone() throws Exception {
    Inbox inbox = new Inbox();
    inbox.received(new Envelope(ControlMessage.kind(ControlMessage.RunEnd.class), "", new byte[3]));
    assertThat(inbox.lastWords()).isEmpty();
  }
}
