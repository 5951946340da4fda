package ai.cifer.transport;

import com.linecorp.armeria.common.Flags;
import com.linecorp.armeria.common.util.ThreadFactories;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// The one thread that accepts connections. Netty lets a group go on for two quiet seconds after it
/// was told to end, and Armeria waits for that; a closed port has nothing left to wait for.
final class AcceptorGroup extends MultiThreadIoEventLoopGroup {
  private AcceptorGroup(String threadName, IoHandlerFactory factory) {
    super(1, ThreadFactories.newThreadFactory(threadName, true), factory);
  }

  static EventLoopGroup create(String threadName) {
    IoHandlerFactory factory =
        switch (Flags.transportType()) {
          case EPOLL -> EpollIoHandler.newFactory();
          case KQUEUE -> KQueueIoHandler.newFactory();
          default -> NioIoHandler.newFactory();
        };
    return new AcceptorGroup(threadName, factory);
  }

  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    return super.shutdownGracefully(0, timeout, unit);
  }
}
