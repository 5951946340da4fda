package ai.cifer.transport;

import ai.cifer.transport.LinkRefused.Reason;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.proxy.ProxyConfig;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// A link over gRPC or over WebSockets, with TLS 1.3.
///
/// gRPC has one connection for the session and its streams, WebSockets have one each.
public final class NetworkLink implements Link {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final ParticipantLink link;

  private NetworkLink(ParticipantLink link) {
    this.link = link;
  }

  /// Connects and returns when the coordinator accepted the session; a certificate in TLS says who
  /// this side is.
  ///
  /// @throws LinkRefused with one of its three reasons
  /// @throws IOException if the connection was lost on the way
  public static NetworkLink open(Route route, TlsIdentity identity, LinkHandler handler)
      throws IOException {
    if (!route.secure()) {
      throw new IllegalArgumentException(
          "coordinator: "
              + Printable.of(route.coordinator().toString())
              + " (expected: https or wss, or a signed identity)");
    }
    return open(
        route,
        () ->
            factory(route, identity.authorities())
                .tlsCustomizer(tls -> tls.keyManager(new OneKey(identity))),
        new Introduction(null),
        handler);
  }

  /// Connects and returns when the coordinator accepted the session; signatures say who both sides
  /// are.
  ///
  /// @param authorities who may have signed the certificate that TLS shows, or that certificate
  /// @throws LinkRefused with one of its three reasons
  /// @throws IOException if the connection was lost on the way
  public static NetworkLink open(
      Route route, List<X509Certificate> authorities, SignedIdentity identity, LinkHandler handler)
      throws IOException {
    return open(route, () -> factory(route, authorities), new Introduction(identity), handler);
  }

  private static NetworkLink open(
      Route route,
      Supplier<ClientFactoryBuilder> factory,
      Introduction introduction,
      LinkHandler handler)
      throws IOException {
    Endpoint endpoint = Endpoint.of(route.host(), route.port());
    if (route.proxy().isPresent()) {
      // Names are the proxy's business.
      return new NetworkLink(attempt(route, endpoint, factory, introduction, handler));
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
        return new NetworkLink(
            attempt(
                route,
                endpoint.withInetAddress(reachable(route, address)),
                factory,
                introduction,
                handler));
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

  private static InetAddress reachable(Route route, InetAddress address) throws LinkRefused {
    if (route.secure() || address.isLoopbackAddress()) {
      return address;
    }
    throw new LinkRefused(
        Reason.TLS,
        Printable.of(route.host())
            + " is not this machine, and links without TLS go no further; use https or wss");
  }

  private static ParticipantLink attempt(
      Route route,
      Endpoint endpoint,
      Supplier<ClientFactoryBuilder> builder,
      Introduction introduction,
      LinkHandler handler)
      throws IOException {
    ClientFactory factory = builder.get().build();
    Calls calls =
        route.overWebSockets()
            ? new WebSocketCalls(
                factory, route.secure(), endpoint, route.where(), route.keepAlive())
            : new GrpcCalls(factory, route.secure(), endpoint, route.where());
    boolean opened = false;
    try {
      ParticipantLink link = ParticipantLink.open(calls, introduction, handler);
      opened = true;
      return link;
    } finally {
      if (!opened) {
        calls.close();
      }
    }
  }

  /// The connections of one link, with the route's TLS, windows and proxy.
  static ClientFactoryBuilder factory(Route route, List<X509Certificate> authorities) {
    var trust = new OneCertificate(authorities);
    ClientFactoryBuilder builder =
        ClientFactory.builder()
            .tlsEngineType(Windows.TLS_ENGINE)
            .tlsCustomizer(tls -> tls.trustManager(trust).protocols(Windows.TLS_PROTOCOL))
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
    return builder;
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
