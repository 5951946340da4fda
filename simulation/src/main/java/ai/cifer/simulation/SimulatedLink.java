package ai.cifer.simulation;

import ai.cifer.node.wire.ControlMessage;
import ai.cifer.node.wire.Kinds;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.BlockSource;
import ai.cifer.transport.Envelope;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkHandler;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/// A client's link in a simulation: lets few clients work at a time, lets the fate of its client
/// come true, and ends the client's run with the round.
///
/// A client works from the download of the model until the first segment of its update has left. So
/// many as there are places do so at a time; the others wait, and hold no model meanwhile.
final class SimulatedLink implements Link {

  private static final String REPORT = ControlMessage.kind(ControlMessage.Report.class);
  private static final String WITHDRAW = ControlMessage.kind(ControlMessage.Withdraw.class);

  private static final Set<String> ENDS_OF_ROUND =
      Set.of(Kinds.ROUND_RESULT, ControlMessage.kind(ControlMessage.RoundVoid.class));

  private final Link link;
  private final Fate.Moment moment;
  private final Semaphore places;
  private final AtomicBoolean working = new AtomicBoolean();
  private final AtomicBoolean lost;

  private SimulatedLink(Link link, Fate.Moment moment, Semaphore places, AtomicBoolean lost) {
    this.link = link;
    this.moment = moment;
    this.places = places;
    this.lost = lost;
  }

  /// Opens a link once.
  @FunctionalInterface
  interface Opener {
    Link open(LinkHandler handler) throws IOException;
  }

  /// @param lost is set when the client is lost; then no link is opened any more
  static Link open(
      Opener opener, LinkHandler handler, Fate.Moment moment, Semaphore places, AtomicBoolean lost)
      throws IOException {
    if (lost.get()) {
      throw LinkRefused.declined("this client is lost, as its fate wills");
    }
    return new SimulatedLink(opener.open(untilTheRoundEnds(handler)), moment, places, lost);
  }

  /// Says that the run is over when the round is: who is asked to another one comes anew.
  private static LinkHandler untilTheRoundEnds(LinkHandler handler) {
    return new LinkHandler() {
      @Override
      public void received(Envelope envelope) {
        handler.received(envelope);
        if (ENDS_OF_ROUND.contains(envelope.kind())) {
          handler.received(new ControlMessage.RunEnd(0, "").envelope());
        }
      }

      @Override
      public void closed(String reason) {
        handler.closed(reason);
      }
    };
  }

  @Override
  public void download(String stream, BlockSink sink) throws IOException {
    if (moment == Fate.Moment.BEFORE_TRAINING) {
      throw lose();
    }
    if (moment == Fate.Moment.LATE) {
      throw LinkRefused.declined("later than the deadline");
    }
    try {
      places.acquire();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while other clients work");
    }
    working.set(true);
    link.download(stream, sink);
  }

  @Override
  public byte[] upload(String stream, BlockSource source) throws IOException {
    try {
      return link.upload(
          stream, moment == Fate.Moment.WHILE_SENDING ? new HalfSource(source) : source);
    } finally {
      makePlace();
    }
  }

  @Override
  public void send(Envelope envelope) throws IOException {
    link.send(envelope);
    if (envelope.kind().equals(WITHDRAW)) {
      makePlace();
    }
    if (envelope.kind().equals(REPORT) && moment == Fate.Moment.AFTER_SENDING) {
      throw lose();
    }
  }

  private IOException lose() {
    lost.set(true);
    link.close();
    return new IOException("the client is lost, as its fate wills");
  }

  private void makePlace() {
    if (working.compareAndSet(true, false)) {
      places.release();
    }
  }

  @Override
  public boolean isOpen() {
    return link.isOpen();
  }

  @Override
  public void close() {
    makePlace();
    link.close();
  }

  /// Gives the first half of an update, and then ends its client.
  private final class HalfSource implements BlockSource {
    private final BlockSource whole;
    private long given;

    HalfSource(BlockSource whole) {
      this.whole = whole;
    }

    @Override
    public long length() throws IOException {
      return whole.length();
    }

    @Override
    public void position(long offset) throws IOException {
      whole.position(offset);
      given = offset;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      long left = whole.length() / 2 - given;
      if (left <= 0) {
        throw lose();
      }
      int limit = target.limit();
      target.limit((int) Math.min(limit, target.position() + left));
      int count = whole.read(target);
      target.limit(limit);
      given += Math.max(0, count);
      return count;
    }

    @Override
    public void close() throws IOException {
      whole.close();
    }
  }
}
