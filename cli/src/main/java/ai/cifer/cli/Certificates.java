package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.terminal.Table;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.CertificateRequest;
import ai.cifer.node.identity.IdentityRefused;
import ai.cifer.node.identity.Participant;
import ai.cifer.node.identity.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What `cifer certs` does.
final class Certificates {

  // A PEM file of ours has about 1 kB; nobody should be able to fill the memory with another one.
  private static final long MAX_FILE_BYTES = 1 << 20;

  private final Terminal terminal;
  private final boolean json;

  Certificates(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  /// A certificate or a request, as `--format json` prints it.
  ///
  /// @param kind `authority`, `request` or `certificate`
  /// @param fingerprint SHA-256 of its bytes
  private record Document(
      String kind,
      String file,
      String name,
      @Nullable String role,
      @Nullable String project,
      @Nullable String company,
      @Nullable List<String> hosts,
      @Nullable Instant notBefore,
      @Nullable Instant notAfter,
      @Nullable String issuer,
      String fingerprint) {}

  void init(Path folder, String name, int days) throws CommandFailed, IOException {
    Duration validity = validity(days);
    try (Authority authority = Authority.create(folder, name, validity, Clock.systemUTC())) {
      print(authority(folder.resolve(Authority.CERTIFICATE_FILE), authority.certificate()));
    } catch (IllegalArgumentException bad) {
      throw usage(bad);
    }
    tell(
        "",
        "Give %s to every participant.".formatted(folder.resolve(Authority.CERTIFICATE_FILE)),
        "Keep %s to yourself: whoever has it decides who takes part."
            .formatted(folder.resolve(Authority.KEY_FILE)));
  }

  void request(
      Path folder,
      String role,
      String name,
      List<String> hosts,
      Optional<String> project,
      Optional<String> company)
      throws CommandFailed, IOException {
    Path file = folder.resolve(CertificateRequest.REQUEST_FILE);
    try {
      Role known = Role.of(role);
      if (known == Role.COORDINATOR && hosts.isEmpty()) {
        throw new CommandFailed(
            ExitCode.USAGE,
            "--host: none (expected: the name or address under which clients reach the coordinator,"
                + " for example --host localhost --host 127.0.0.1)");
      }
      print(
          request(
              file,
              CertificateRequest.create(
                  folder, known, name, hosts, project.orElse(null), company.orElse(null))));
    } catch (IllegalArgumentException bad) {
      throw usage(bad);
    }
    tell(
        "",
        "Send %s to whoever holds the authority.".formatted(file),
        "%s stays here: nobody else needs it, ever."
            .formatted(folder.resolve(CertificateRequest.KEY_FILE)));
  }

  void sign(Path requestFile, Path authorityFolder, Path out, int days)
      throws CommandFailed, IOException {
    Duration validity = validity(days);
    CertificateRequest request = CertificateRequest.read(requestFile);
    try (Authority authority = Authority.open(authorityFolder)) {
      print(certificate(out, authority.sign(request, validity, Clock.systemUTC(), out)));
    }
    tell(
        "",
        "Send %s and %s back to %s."
            .formatted(out, authorityFolder.resolve(Authority.CERTIFICATE_FILE), request.name()));
  }

  void show(Path file) throws CommandFailed, IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_FILE_BYTES) {
      throw new CommandFailed(
          ExitCode.IDENTITY_UNUSABLE,
          "%s: %s (expected: a certificate or a certificate request in PEM)"
              .formatted(file, Files.exists(file) ? "not such a file" : "not found"));
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    if (text.contains("PRIVATE KEY")) {
      throw new CommandFailed(
          ExitCode.IDENTITY_UNUSABLE,
          file
              + ": holds a private key, which is never shown (expected: a certificate or request)");
    }
    if (text.contains("CERTIFICATE REQUEST")) {
      print(request(file, CertificateRequest.read(file)));
      return;
    }
    X509Certificate certificate = read(file);
    print(
        certificate.getBasicConstraints() >= 0
            ? authority(file, certificate)
            : certificate(file, certificate));
  }

  private static X509Certificate read(Path file) throws CommandFailed, IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (CertificateException malformed) {
      throw new CommandFailed(
          ExitCode.IDENTITY_UNUSABLE,
          file + ": not a certificate (expected: PEM, as 'cifer certs sign' writes it)",
          malformed);
    }
  }

  private static Document authority(Path file, X509Certificate certificate) {
    String name = certificate.getSubjectX500Principal().getName();
    return new Document(
        "authority",
        file.toString(),
        name.startsWith("CN=") ? name.substring(3) : name,
        null,
        null,
        null,
        null,
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant(),
        null,
        fingerprint(certificate));
  }

  private static Document certificate(Path file, X509Certificate certificate)
      throws IdentityRefused {
    Participant participant = Participant.of(certificate);
    return new Document(
        "certificate",
        file.toString(),
        participant.name(),
        participant.role().word(),
        participant.project(),
        participant.company(),
        participant.hosts(),
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant(),
        certificate.getIssuerX500Principal().getName(),
        participant.fingerprint());
  }

  private static Document request(Path file, CertificateRequest request) {
    return new Document(
        "request",
        file.toString(),
        request.name(),
        request.role().word(),
        request.project(),
        request.company(),
        request.hosts(),
        null,
        null,
        null,
        request.fingerprint());
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("SHA-256 of a parsed certificate", impossible);
    }
  }

  private void print(Document document) {
    if (json) {
      terminal.print(Json.text(document));
      return;
    }
    Table table = new Table("", "");
    table.row(document.kind(), document.name());
    row(table, "role", document.role());
    row(table, "project", document.project());
    row(table, "company", document.company());
    List<String> hosts = document.hosts();
    if (hosts != null && !hosts.isEmpty()) {
      table.row("hosts", String.join(", ", hosts));
    }
    Instant from = document.notBefore();
    Instant to = document.notAfter();
    if (from != null && to != null) {
      table.row("valid", from + " to " + to);
    }
    row(table, "issuer", document.issuer());
    table.row("sha-256", document.fingerprint());
    table.row("file", document.file());
    table.lines().forEach(terminal::print);
  }

  private static void row(Table table, String label, @Nullable String value) {
    if (value != null) {
      table.row(label, value);
    }
  }

  // Advice is for people; a program reads only the document.
  private void tell(String... lines) {
    if (!json) {
      for (String line : lines) {
        terminal.print(line);
      }
    }
  }

  private static Duration validity(int days) throws CommandFailed {
    if (days < 1) {
      throw new CommandFailed(ExitCode.USAGE, "--days: %d (expected: >= 1)".formatted(days));
    }
    return Duration.ofDays(days);
  }

  private static CommandFailed usage(IllegalArgumentException bad) {
    return new CommandFailed(ExitCode.USAGE, String.valueOf(bad.getMessage()), bad);
  }
}
