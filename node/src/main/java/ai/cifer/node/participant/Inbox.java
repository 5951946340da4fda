package ai.cifer.node.participant;

import ai.cifer.node.wire.ControlMessage;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.LinkHandler;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

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

  /// What was sent before the link was lost is here long before that.
  private static final long LAST_WORDS_NANOS = 2_000_000_000;

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

  /// How the run ended, if that is among what came before the link was lost. Whoever finds out by
  /// sending that the link is gone has not read all of it.
  Optional<Ending> lastWords() throws InterruptedException {
    long deadline = System.nanoTime() + LAST_WORDS_NANOS;
    while (true) {
      Item item = items.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (item == null || item instanceof Item.Closed) {
        return Optional.empty();
      }
      if (item instanceof Item.Arrived(Envelope envelope)
          && envelope.kind().equals(ControlMessage.kind(ControlMessage.RunEnd.class))) {
        try {
          return Optional.of(Ending.of(envelope));
        } catch (IOException malformed) {
          return Optional.empty();
        }
      }
    }
  }
}
