package ai.cifer.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Bounds what strangers may cost: connections that have not shown yet who they are.
///
/// A stranger has ten seconds and 64 KiB to become known. When too many wait, the one goes that
/// waits longest of the address with the most of them, so that a flood from one place does not shut
/// out the others.
final class Gate {
  /// Each costs some 40 KiB of TLS state and buffers.
  static final int MOST_STRANGERS = 1024;

  static final Duration PATIENCE = Opening.LIMIT;

  /// A certificate chain and a claim fit many times.
  static final long MOST_BYTES = 64 << 10;

  /// A session and as many streams as may run, each twice while its participant reconnects.
  static final int MOST_CONNECTIONS = 2 * (1 + Windows.STREAMS);

  private static final AttributeKey<Stranger> STRANGER =
      AttributeKey.valueOf(Gate.class, "stranger");

  private final Map<InetAddress, LinkedHashSet<Channel>> strangers = new HashMap<>();
  private final Quota quota = new Quota("connections", MOST_CONNECTIONS);
  private final Refusals refusals;
  private int count;

  Gate(Refusals refusals) {
    this.refusals = refusals;
  }

  /// Watches a new connection.
  void guard(ChannelPipeline pipeline) {
    Channel channel = pipeline.channel();
    InetAddress address = address(channel.remoteAddress());
    var stranger = new Stranger(address);
    channel.attr(STRANGER).set(stranger);
    pipeline.addFirst(stranger);
    pipeline.addLast(new Handshake(address));
    Future<?> deadline =
        channel
            .eventLoop()
            .schedule(() -> expire(channel), PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    Channel victim = enter(address, channel);
    var _ =
        channel
            .closeFuture()
            .addListener(_ -> {
              deadline.cancel(false);
              leave(address, channel);
            });
    if (victim != null) {
      refuse(victim, "too many connections that do not say who they are");
    }
  }

  /// Whoever sits at the other end is known now.
  void admit(Channel channel) {
    Stranger stranger = channel.attr(STRANGER).getAndSet(null);
    if (stranger != null) {
      leave(stranger.address, channel);
    }
  }

  private void expire(Channel channel) {
    if (channel.attr(STRANGER).get() != null) {
      refuse(channel, "did not say who it is within " + PATIENCE.toSeconds() + " s");
    }
  }

  private void refuse(Channel channel, String reason) {
    refusals.stranger(address(channel.remoteAddress()).getHostAddress(), reason);
    var _ = channel.close();
  }

  /// @return who has to go for it
  private synchronized @Nullable Channel enter(InetAddress address, Channel channel) {
    strangers.computeIfAbsent(address, _ -> new LinkedHashSet<>()).add(channel);
    if (++count <= MOST_STRANGERS) {
      return null;
    }
    LinkedHashSet<Channel> most =
        Collections.max(strangers.values(), Comparator.comparingInt(Set::size));
    return most.getFirst();
  }

  private synchronized void leave(InetAddress address, Channel channel) {
    LinkedHashSet<Channel> waiting = strangers.get(address);
    if (waiting != null && waiting.remove(channel)) {
      count--;
      if (waiting.isEmpty()) {
        strangers.remove(address);
      }
    }
  }

  private static InetAddress address(SocketAddress address) {
    return address instanceof InetSocketAddress internet && internet.getAddress() != null
        ? internet.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  /// A handshake that the port lets end without a certificate proves nothing. Whoever shows one
  /// gets so many connections, and no more: each costs a descriptor.
  private void shaken(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    X509Certificate shown =
        tls == null ? null : NetworkEndpoint.certificate(tls.engine().getSession());
    if (shown == null) {
      return;
    }
    try {
      Quota.Place place = quota.take(shown);
      var _ = channel.closeFuture().addListener(_ -> place.close());
      admit(channel);
    } catch (IOException tooMany) {
      refuse(channel, String.valueOf(tooMany.getMessage()));
    }
  }

  /// Why there is no TLS, in words that nobody outside can vary: engines quote what was sent.
  private static String reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof NotSslRecordException) {
        return "TLS: what was sent is none";
      }
      if (cause instanceof CertificateExpiredException) {
        return "TLS: its certificate has expired";
      }
      if (cause instanceof CertificateNotYetValidException) {
        return "TLS: its certificate is not valid yet";
      }
      if (cause instanceof CertificateException || cause instanceof CertPathValidatorException) {
        return "TLS: its certificate is not one of the federation's authority";
      }
      if (cause instanceof ClosedChannelException || cause instanceof SocketException) {
        return "TLS: it gave up";
      }
    }
    String message = String.valueOf(failure.getMessage()).toUpperCase(Locale.ROOT);
    return message.contains("ALERT")
        ? "TLS: it does not accept the certificate of this coordinator"
        : message.contains("NO_CERTIFICATE") || message.contains("DID_NOT_RETURN_A_CERTIFICATE")
            ? "TLS: it shows no certificate"
            : "TLS: the handshake failed";
  }

  /// Counts what a stranger sends, before TLS looks at it.
  private final class Stranger extends ChannelInboundHandlerAdapter {
    private final InetAddress address;
    private long bytes;

    Stranger(InetAddress address) {
      this.address = address;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
      Channel channel = context.channel();
      if (channel.attr(STRANGER).get() == null) {
        context.pipeline().remove(this);
      } else if (message instanceof ByteBuf buffer) {
        bytes += buffer.readableBytes();
        if (bytes > MOST_BYTES) {
          buffer.release();
          refuse(channel, "more than " + MOST_BYTES + " bytes before it said who it is");
          return;
        }
      }
      context.fireChannelRead(message);
    }
  }

  /// Waits for the end of the handshake.
  private final class Handshake extends ChannelInboundHandlerAdapter {
    private final InetAddress address;

    Handshake(InetAddress address) {
      this.address = address;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
          shaken(context.channel());
        } else {
          refusals.stranger(address.getHostAddress(), reason(handshake.cause()));
        }
        context.pipeline().remove(this);
      }
      context.fireUserEventTriggered(event);
    }
  }
}
