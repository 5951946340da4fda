package ai.cifer.node.participant;

import ai.cifer.transport.Envelope;
import ai.cifer.transport.LinkHandler;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// What came over a link, taken in order by the participant's own thread.
///
/// A bounded number of envelopes waits; then the link is not read until one is taken, so that a
/// coordinator cannot fill the participant's memory.
final class Inbox implements LinkHandler {

  /// What arrived.
  sealed interface Item {
    record Arrived(Envelope envelope) implements Item {}

    record Closed(String reason) implements Item {}
  }

  private static final int CAPACITY = 8;

  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(CAPACITY);

  @Override
  public void received(Envelope envelope) {
    put(new Item.Arrived(envelope));
  }

  @Override
  public void closed(String reason) {
    put(new Item.Closed(reason));
  }

  private void put(Item item) {
    try {
      items.put(item);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  Item take() throws InterruptedException {
    return items.take();
  }
}
