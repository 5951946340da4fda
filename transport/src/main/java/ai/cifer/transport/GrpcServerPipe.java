package ai.cifer.transport;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The coordinator's end of a gRPC call.
final class GrpcServerPipe<I, O> implements Pipe<I, O>, StreamObserver<I> {
  private static final String LOST = "the connection was lost or the participant gave up";

  private final ServerCallStreamObserver<O> out;
  private final GrpcSender<O> sender;
  private final Mailbox<I> inbox;
  private final AtomicBoolean open = new AtomicBoolean(true);

  /// @param reading whether messages of the participant are expected beyond what gRPC read already
  GrpcServerPipe(StreamObserver<O> out, boolean reading) {
    this.out = (ServerCallStreamObserver<O>) out;
    this.sender = new GrpcSender<>(this.out);
    this.inbox = new Mailbox<>(1, () -> this.out.request(1));
    this.out.setOnCancelHandler(() -> lost(new IOException(LOST)));
    if (reading) {
      this.out.disableAutoRequest();
      this.out.request(1);
    } else {
      inbox.end();
    }
  }

  private void lost(IOException cause) {
    open.set(false);
    sender.fail(cause);
    inbox.fail(cause);
  }

  @Override
  public void onNext(I message) {
    inbox.offer(message);
  }

  @Override
  public void onError(Throwable cause) {
    lost(new IOException(LOST));
  }

  @Override
  public void onCompleted() {
    inbox.end();
  }

  @Override
  public @Nullable I take() throws IOException {
    return inbox.take();
  }

  @Override
  public void put(O message) throws IOException {
    sender.put(message);
  }

  @Override
  public void finish() {
    if (open.compareAndSet(true, false)) {
      sender.finish();
      inbox.end();
    }
  }

  @Override
  public void fail(Fault fault) {
    if (open.compareAndSet(true, false)) {
      sender.fail(fault.toException());
      inbox.fail(fault.toException());
      out.onError(GrpcFaults.toStatus(fault).asRuntimeException());
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
