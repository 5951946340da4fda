package ai.cifer.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One call, as the protocol code sees it: blocking in both directions, so that the code reads like
/// the protocol and back-pressure needs no code at all. gRPC and the in-process link each make
/// pipes; a WebSocket would be a third.
///
/// One thread puts at a time and one takes; the other methods may come from any thread.
interface Pipe<I, O> {
  /// Waits for the next message; the one after it is on its way meanwhile.
  ///
  /// @return null when the other side has said everything
  /// @throws IOException with the reason of the other side, or that it was lost
  @Nullable I take() throws IOException;

  /// Waits until the connection takes the message.
  ///
  /// @throws IOException as for [#take]
  void put(O message) throws IOException;

  /// Says that everything was put. On the coordinator's side that ends the call.
  void finish();

  /// Ends the call; the other side gets the fault after what it has not yet taken.
  void fail(Fault fault);

  /// Makes [#take] return null from now on: this side wants to hear no more.
  void deafen();

  /// False when the call has ended, for whatever reason.
  boolean isOpen();
}
