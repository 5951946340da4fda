package ai.cifer.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.transport.RecordingHandler.Participant;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Streams take constant memory, and how fast they are.
class NetworkMemoryTest {
  private static final long MEGABYTE = 1_000_000;

  /// Both ends in one process of 96 MB heap and 48 MB direct memory, with a sink slower than the
  /// source: whatever buffered the stream would fail.
  @ParameterizedTest
  @ValueSource(strings = {"https", "wss"})
  @Timeout(180)
  void anUploadOf300MegabytesNeedsFewOfThem(String scheme) throws Exception {
    assertThat(child(scheme, 300 * MEGABYTE, true, "-Xmx96m", "-XX:MaxDirectMemorySize=48m"))
        .startsWith("uploaded 300000000 bytes");
  }

  /// Wall clock and processor time of one gigabyte each way; the figures are in the test's output.
  @ParameterizedTest
  @ValueSource(strings = {"https", "wss"})
  @Tag("slow")
  @Timeout(300)
  void throughputOfOneGigabyte(String scheme) throws Exception {
    String report = child(scheme, 1000 * MEGABYTE, false, "-Xmx256m");
    org.slf4j.LoggerFactory.getLogger(NetworkMemoryTest.class).info(report);
    assertThat(report).startsWith("uploaded 1000000000 bytes");
  }

  private static String child(String scheme, long bytes, boolean slow, String... flags)
      throws Exception {
    var command = new java.util.ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(java.util.List.of(flags));
    command.add("-cp");
    command.add(System.getProperty("java.class.path", ""));
    command.add(NetworkMemoryTest.class.getName());
    command.add(Long.toString(bytes));
    command.add(Boolean.toString(slow));
    command.add(scheme);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    return output.substring(output.lastIndexOf("uploaded"));
  }

  /// The child process.
  public static void main(String[] args) throws IOException {
    long length = Long.parseLong(args[0]);
    boolean slow = Boolean.parseBoolean(args[1]);
    var authority = new TestAuthority("federation");
    var handler =
        new RecordingHandler() {
          @Override
          public BlockSink receive(X509Certificate peer, String stream, long announced) {
            return new CountingSink(slow);
          }
        };
    try (var endpoint =
            NetworkEndpoint.start(
                Port.of("127.0.0.1", 0), authority.issue("coordinator"), handler);
        var link =
            NetworkLink.open(
                Route.to(URI.create(args[2] + "://localhost:" + endpoint.port())),
                authority.issue("client"),
                new Participant())) {
      if (!slow) {
        link.upload("warm", new ZeroSource(length));
      }
      long wall = System.nanoTime();
      long cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis();
      byte[] receipt = link.upload("s", new ZeroSource(length));
      double seconds = (System.nanoTime() - wall) / 1e9;
      cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() - cpu;
      System.out.printf(
          "uploaded %d bytes at %.0f MB/s, %d ms of processor time for both ends%n",
          ByteBuffer.wrap(receipt).getLong(), length / 1e6 / seconds, cpu);
    }
  }

  /// Counts, and optionally takes 5 ms for each block.
  private static final class CountingSink implements BlockSink {
    private final boolean slow;
    private long count;

    CountingSink(boolean slow) {
      this.slow = slow;
    }

    @Override
    public void write(ByteBuffer chunk) {
      count += chunk.remaining();
      if (slow) {
        LockSupport.parkNanos(5_000_000);
      }
    }

    @Override
    public byte[] complete() {
      return ByteBuffer.allocate(Long.BYTES).putLong(count).array();
    }

    @Override
    public void close() {}
  }

  /// Gives zeros at once.
  private static final class ZeroSource implements BlockSource {
    private final long length;
    private long left;

    ZeroSource(long length) {
      this.length = length;
      this.left = length;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public int read(ByteBuffer target) {
      if (left == 0) {
        return -1;
      }
      int count = (int) Math.min(left, target.remaining());
      target.position(target.position() + count);
      left -= count;
      return count;
    }

    @Override
    public void close() {}
  }
}
