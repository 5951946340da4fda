package ai.cifer.transport;

import io.grpc.stub.CallStreamObserver;

/// What gRPC offers to a [Sender].
record GrpcOutlet<O>(CallStreamObserver<O> out) implements Sender.Outlet<O> {

  static <O> Sender<O> sender(CallStreamObserver<O> out) {
    var sender = new Sender<>(new GrpcOutlet<>(out));
    out.setOnReadyHandler(sender::changed);
    return sender;
  }

  @Override
  public boolean isReady() {
    return out.isReady();
  }

  @Override
  public void next(O message) {
    out.onNext(message);
  }

  @Override
  public void end() {
    out.onCompleted();
  }
}
