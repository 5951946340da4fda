package ai.cifer.transport;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The participant's end of a gRPC call.
final class GrpcClientPipe<I, O> implements Pipe<I, O>, ClientResponseObserver<O, I> {
  private final NetworkFaults faults;
  private final Mailbox<I> inbox = new Mailbox<>(1, this::requestNext);
  private final AtomicBoolean open = new AtomicBoolean(true);
  private @Nullable ClientCallStreamObserver<O> out;
  private @Nullable Sender<O> sender;

  GrpcClientPipe(NetworkFaults faults) {
    this.faults = faults;
  }

  /// Called by gRPC on the thread that begins the call, before anything else.
  @Override
  public void beforeStart(ClientCallStreamObserver<O> requestStream) {
    out = requestStream;
    requestStream.disableAutoRequestWithInitial(1);
    sender = GrpcOutlet.sender(requestStream);
  }

  private void requestNext() {
    Objects.requireNonNull(out).request(1);
  }

  private Sender<O> sender() {
    return Objects.requireNonNull(sender);
  }

  @Override
  public void onNext(I message) {
    inbox.offer(message);
  }

  @Override
  public void onError(Throwable cause) {
    open.set(false);
    IOException reason = faults.toException(cause);
    sender().fail(reason);
    inbox.fail(reason);
  }

  @Override
  public void onCompleted() {
    open.set(false);
    sender().fail(new IOException("the coordinator ended the call"));
    inbox.end();
  }

  @Override
  public @Nullable I take() throws IOException {
    return inbox.take();
  }

  @Override
  public void put(O message) throws IOException {
    sender().put(message);
  }

  @Override
  public void finish() {
    if (open.get()) {
      sender().finish();
    }
  }

  @Override
  public void fail(Fault fault) {
    if (open.compareAndSet(true, false)) {
      IOException reason = fault.toException();
      sender().fail(reason);
      inbox.fail(reason);
      Objects.requireNonNull(out).cancel(fault.message(), null);
    }
  }

  @Override
  public void deafen() {
    inbox.deafen();
  }

  @Override
  public boolean isOpen() {
    return open.get();
  }
}
