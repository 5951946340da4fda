package ai.cifer.transport;

import com.linecorp.armeria.common.util.TlsEngineType;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;

/// Sizes and settings that both ends of a gRPC connection share.
final class Windows {
  static final String TLS_PROTOCOL = "TLSv1.3";

  /// BoringSSL: an upload was 1.5 times as fast as with the JDK's engine (372 against 252 MB/s on
  /// two cores under other load).
  static final TlsEngineType TLS_ENGINE = TlsEngineType.OPENSSL;

  /// What one call may have on its way or waiting at the receiver: 4 MiB let a link with a round
  /// trip of 100 ms carry 40 MB/s per call.
  static final int STREAM_BYTES = 4 << 20;

  /// Calls of one connection at the same time.
  static final int STREAMS = 16;

  /// Room for all calls of a connection together, so that slow ones never stop the others. Armeria
  /// stops reading from the socket when so much is unconsumed.
  static final int CONNECTION_BYTES = STREAM_BYTES * (STREAMS + 1);

  /// DATA frames of 16 KiB, the default of HTTP/2, and of 1 MiB were both slower.
  static final int FRAME_BYTES = 256 << 10;

  /// A connection without calls is closed after so many silent ping intervals.
  static final int IDLE_PINGS = 3;

  /// Nothing we send is compressible, and what is never decompressed cannot be a bomb.
  static final DecompressorRegistry NO_COMPRESSION =
      DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false);

  private Windows() {}

  /// Takes no meter: Armeria would register the same gauges for each link, warn of it, and keep
  /// them.
  static MeterRegistry noMetrics() {
    var registry = new CompositeMeterRegistry();
    registry.config().meterFilter(MeterFilter.deny());
    return registry;
  }
}
