package ai.cifer.transport;

import ai.cifer.transport.LinkRefused.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;

/// A link over gRPC with mutual TLS 1.3: one connection for the session and its streams.
public final class GrpcLink implements Link {
  /// Pings are sent after so long a silence unless stated otherwise.
  public static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

  private final ParticipantLink link;

  private GrpcLink(ParticipantLink link) {
    this.link = link;
  }

  /// Connects and returns when the coordinator accepted the session.
  ///
  /// @param coordinator `https://host:port`
  /// @throws LinkRefused with one of its three reasons
  /// @throws IOException if the connection was lost on the way
  public static GrpcLink open(URI coordinator, TlsIdentity identity, LinkHandler handler)
      throws IOException {
    return open(coordinator, identity, handler, KEEP_ALIVE);
  }

  /// Connects with a ping interval of one's own.
  ///
  /// @param keepAlive as in [GrpcEndpoint]
  public static GrpcLink open(
      URI coordinator, TlsIdentity identity, LinkHandler handler, Duration keepAlive)
      throws IOException {
    String host = coordinator.getHost();
    int port = coordinator.getPort();
    if (host == null
        || port < 1
        || !("https".equals(coordinator.getScheme()) || "grpcs".equals(coordinator.getScheme()))) {
      throw new IllegalArgumentException(
          "coordinator: "
              + Printable.of(coordinator.toString())
              + " (expected: https://host:port)");
    }
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw new LinkRefused(
          Reason.UNREACHABLE,
          "unknown host: " + Printable.of(host) + "; correct the name, or the name service",
          e);
    }
    LinkRefused unreachable = null;
    for (InetAddress address : addresses) {
      try {
        return new GrpcLink(open(host, port, address, identity, handler, keepAlive));
      } catch (LinkRefused e) {
        if (e.reason() != Reason.UNREACHABLE) {
          throw e;
        }
        unreachable = e;
      }
    }
    if (unreachable == null) {
      throw new LinkRefused(Reason.UNREACHABLE, "unknown host: " + Printable.of(host));
    }
    throw unreachable;
  }

  private static ParticipantLink open(
      String host,
      int port,
      InetAddress address,
      TlsIdentity identity,
      LinkHandler handler,
      Duration keepAlive)
      throws IOException {
    var calls = new GrpcCalls(host, port, address, identity, keepAlive);
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
