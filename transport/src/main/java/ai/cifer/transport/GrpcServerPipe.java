package ai.cifer.transport;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The coordinator's end of a gRPC call.
final class GrpcServerPipe<I, O> implements Pipe<I, O>, StreamObserver<I> {
  private final ServerCallStreamObserver<O> out;
  private final Sender<O> sender;
  private final Mailbox<I> inbox;
  private final AtomicBoolean open = new AtomicBoolean(true);

  /// A call in which the participant says one thing only, which gRPC has read already.
  static <I, O> GrpcServerPipe<I, O> heard(I message, StreamObserver<O> out) {
    var pipe = new GrpcServerPipe<I, O>(out, false);
    pipe.inbox.offer(message);
    pipe.inbox.end();
    return pipe;
  }

  /// A call in which the participant says as much as it likes.
  static <I, O> GrpcServerPipe<I, O> hearing(StreamObserver<O> out) {
    var pipe = new GrpcServerPipe<I, O>(out, true);
    pipe.out.disableAutoRequest();
    pipe.out.request(1);
    return pipe;
  }

  private GrpcServerPipe(StreamObserver<O> out, boolean reading) {
    this.out = (ServerCallStreamObserver<O>) out;
    this.sender = GrpcOutlet.sender(this.out);
    this.inbox = new Mailbox<>(1, reading ? () -> this.out.request(1) : () -> {});
    this.out.setOnCancelHandler(() -> lost(new IOException(NetworkFaults.LOST)));
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
    lost(new IOException(NetworkFaults.LOST));
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
      out.onError(NetworkFaults.toStatus(fault).asRuntimeException());
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
