package ai.cifer.transport;

import ai.cifer.transport.LinkRefused.Reason;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.proxy.ProxyConfig;
import com.linecorp.armeria.common.TlsKeyPair;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;

/// A link over gRPC or over WebSockets, with mutual TLS 1.3.
///
/// gRPC has one connection for the session and its streams, WebSockets have one each.
public final class NetworkLink implements Link {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final ParticipantLink link;

  private NetworkLink(ParticipantLink link) {
    this.link = link;
  }

  /// Connects and returns when the coordinator accepted the session.
  ///
  /// @throws LinkRefused with one of its three reasons
  /// @throws IOException if the connection was lost on the way
  public static NetworkLink open(Route route, TlsIdentity identity, LinkHandler handler)
      throws IOException {
    Endpoint endpoint = Endpoint.of(route.host(), route.port());
    if (route.proxy().isPresent()) {
      // Names are the proxy's business.
      return new NetworkLink(open(route, endpoint, identity, handler));
    }
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(route.host());
    } catch (UnknownHostException e) {
      throw new LinkRefused(
          Reason.UNREACHABLE,
          "unknown host: " + Printable.of(route.host()) + "; correct the name, or the name service",
          e);
    }
    LinkRefused unreachable = null;
    for (InetAddress address : addresses) {
      try {
        return new NetworkLink(open(route, endpoint.withInetAddress(address), identity, handler));
      } catch (LinkRefused e) {
        if (e.reason() != Reason.UNREACHABLE) {
          throw e;
        }
        unreachable = e;
      }
    }
    if (unreachable == null) {
      throw new LinkRefused(Reason.UNREACHABLE, "unknown host: " + Printable.of(route.host()));
    }
    throw unreachable;
  }

  private static ParticipantLink open(
      Route route, Endpoint endpoint, TlsIdentity identity, LinkHandler handler)
      throws IOException {
    ClientFactory factory = factory(route, identity);
    Calls calls =
        route.overWebSockets()
            ? new WebSocketCalls(factory, endpoint, route.where(), route.keepAlive())
            : new GrpcCalls(factory, endpoint, route.where());
    boolean opened = false;
    try {
      ParticipantLink link = ParticipantLink.open(calls, handler);
      opened = true;
      return link;
    } finally {
      if (!opened) {
        calls.close();
      }
    }
  }

  private static ClientFactory factory(Route route, TlsIdentity identity) {
    ClientFactoryBuilder builder =
        ClientFactory.builder()
            .tls(TlsKeyPair.of(identity.key(), identity.chain()))
            .tlsEngineType(Windows.TLS_ENGINE)
            .tlsCustomizer(tls ->
                tls.trustManager(identity.authorities().toArray(X509Certificate[]::new))
                    .protocols(Windows.TLS_PROTOCOL))
            .meterRegistry(Windows.noMetrics())
            .connectTimeout(CONNECT_TIMEOUT)
            .pingInterval(route.keepAlive())
            .idleTimeout(route.keepAlive().multipliedBy(Windows.IDLE_PINGS))
            .http2InitialStreamWindowSize(Windows.STREAM_BYTES)
            .http2InitialConnectionWindowSize(Windows.CONNECTION_BYTES)
            .http2MaxFrameSize(Windows.FRAME_BYTES)
            .channelOption(ChannelOption.TCP_NODELAY, true)
            .channelOption(ChannelOption.SO_KEEPALIVE, true);
    route.proxy().ifPresent(proxy -> builder.proxyConfig(ProxyConfig.connect(proxy)));
    return builder.build();
  }

  @Override
  public void send(Envelope envelope) throws IOException {
    link.send(envelope);
  }

  @Override
  public byte[] upload(String stream, BlockSource source) throws IOException {
    return link.upload(stream, source);
  }

  @Override
  public void download(String stream, BlockSink sink) throws IOException {
    link.download(stream, sink);
  }

  @Override
  public boolean isOpen() {
    return link.isOpen();
  }

  @Override
  public void close() {
    link.close();
  }
}
