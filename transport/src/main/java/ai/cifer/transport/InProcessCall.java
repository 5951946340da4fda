package ai.cifer.transport;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Two pipes joined in memory, with room for one message each way: as little as a connection gives.
final class InProcessCall<A, B> {
  private final Mailbox<A> up = new Mailbox<>(1, () -> {});
  private final Mailbox<B> down = new Mailbox<>(1, () -> {});
  private final AtomicBoolean open = new AtomicBoolean(true);

  Pipe<B, A> participant() {
    return new End<>(down, up, false);
  }

  Pipe<A, B> coordinator() {
    return new End<>(up, down, true);
  }

  private final class End<I, O> implements Pipe<I, O> {
    private final Mailbox<I> in;
    private final Mailbox<O> out;
    private final boolean endsCall;

    End(Mailbox<I> in, Mailbox<O> out, boolean endsCall) {
      this.in = in;
      this.out = out;
      this.endsCall = endsCall;
    }

    @Override
    public @Nullable I take() throws IOException {
      return in.take();
    }

    @Override
    public void put(O message) throws IOException {
      out.put(message);
    }

    @Override
    public void finish() {
      out.end();
      if (endsCall) {
        open.set(false);
        in.end();
      }
    }

    @Override
    public void fail(Fault fault) {
      open.set(false);
      out.fail(fault.toException());
      in.fail(fault.toException());
    }

    @Override
    public void deafen() {
      in.deafen();
    }

    @Override
    public boolean isOpen() {
      return open.get();
    }
  }
}
