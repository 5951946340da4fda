package ai.cifer.cli.bench.wire;

import ai.cifer.cli.history.Json;
import ai.cifer.cli.terminal.Colour;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.StatusLine;
import ai.cifer.cli.terminal.Table;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.homocryption.bench.MachineFigures;
import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.CertificateRequest;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Role;
import ai.cifer.transport.WireBench;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Measures links over loopback TLS with identities that exist as long as the measurement.
public final class WireMeasurement {
  /// One gibibyte: a second or two.
  private static final int MESSAGES = 1024;

  private static final Duration VALIDITY = Duration.ofDays(1);

  private final Terminal terminal;
  private final boolean json;
  private volatile String doing = "wire";

  public WireMeasurement(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  /// The figures as `--format json` prints them.
  ///
  /// @param messageBytes of one message
  private record Document(
      MachineFigures machine,
      double loadBefore,
      int messageBytes,
      int messages,
      List<WireBench.Figures> wire) {}

  /// Measures and prints.
  ///
  /// @param pairs how often the link is measured after a bare loop of the library
  public void run(int pairs) throws IOException {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    Path folder = Files.createTempDirectory("cifer-bench-wire-");
    List<WireBench.Figures> figures;
    try (StatusLine _ = StatusLine.start(terminal, () -> json ? "" : doing)) {
      figures = measure(folder, pairs);
    } finally {
      delete(folder);
    }
    if (json) {
      terminal.print(
          Json.text(new Document(MachineFigures.of(), load, 1 << 20, MESSAGES, figures)));
    } else {
      print(figures);
    }
  }

  private List<WireBench.Figures> measure(Path folder, int pairs) throws IOException {
    Clock clock = Clock.systemUTC();
    try (Authority authority =
            Authority.create(folder.resolve("authority"), "cifer-bench", VALIDITY, clock);
        Identity coordinator =
            certify(folder, authority, Role.COORDINATOR, List.of("localhost", "127.0.0.1"), clock);
        Identity client = certify(folder, authority, Role.CLIENT, List.of(), clock)) {
      return new WireBench(coordinator.tls(), client.tls(), MESSAGES, pairs)
          .run(done -> doing = String.format(Locale.ROOT, "wire %.0f %%", 100 * done));
    }
  }

  private static Identity certify(
      Path folder, Authority authority, Role role, List<String> hosts, Clock clock)
      throws IOException {
    Path own = folder.resolve(role.word());
    CertificateRequest request = CertificateRequest.create(own, role, role.word(), hosts);
    Path certificate = own.resolve("certificate.pem");
    authority.sign(request, VALIDITY, clock, certificate);
    return Identity.load(
        certificate,
        own.resolve(CertificateRequest.KEY_FILE),
        folder.resolve("authority").resolve(Authority.CERTIFICATE_FILE),
        clock);
  }

  private void print(List<WireBench.Figures> figures) {
    terminal.print(terminal.paint(Colour.STRONG, "Streams over loopback TLS, messages of 1 MiB"));
    Table table = new Table("transport", ">MB/s", ">library alone", ">ratio");
    for (WireBench.Figures each : figures) {
      table.row(
          each.transport(),
          String.format(Locale.ROOT, "%.0f", each.megabytesPerSecond()),
          String.format(Locale.ROOT, "%.0f", each.bareMegabytesPerSecond()),
          Figures.ratio(each.ratio()));
    }
    table.lines().forEach(line -> terminal.print("  " + line));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
