package ai.cifer.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.cifer.node.identity.IdentityRefused.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Enrolment from the first key to a verified message, and everything that must be refused on the
/// way.
class IdentityTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final InstantSource CLOCK = () -> NOW;
  private static final Duration YEAR = Duration.ofDays(365);

  @TempDir Path dir;
  private Path ca;
  private Path coordinator;
  private Path client;

  @BeforeEach
  void enrol() throws IOException {
    ca = dir.resolve("authority");
    coordinator = dir.resolve("coordinator");
    client = dir.resolve("client");
    Authority.create(ca, "federation", YEAR.multipliedBy(2), CLOCK).close();
    CertificateRequest.create(
        coordinator, Role.COORDINATOR, "hub", List.of("localhost", "127.0.0.1", "::1"));
    CertificateRequest.create(client, Role.CLIENT, "clinic-1", List.of(), "p1", "acme");
    sign(ca, coordinator);
    sign(ca, client);
  }

  private static void sign(Path authority, Path participant) throws IOException {
    try (var opened = Authority.open(authority)) {
      opened.sign(
          CertificateRequest.read(participant.resolve(CertificateRequest.REQUEST_FILE)),
          YEAR,
          CLOCK,
          participant.resolve("certificate.pem"));
    }
  }

  private Identity load(Path participant, InstantSource clock) throws IOException {
    return Identity.load(
        participant.resolve("certificate.pem"),
        participant.resolve(CertificateRequest.KEY_FILE),
        ca.resolve(Authority.CERTIFICATE_FILE),
        clock);
  }

  private static void refused(Reason reason, ThrowingCallable call, String... message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            IdentityRefused.class,
            e -> {
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
              for (String part : message) {
                assertThat(e.getMessage()).contains(part);
              }
            });
  }

  @Test
  void anEnrolledParticipantSignsAndOthersVerify() throws Exception {
    try (var own = load(client, CLOCK);
        var other = load(coordinator, CLOCK)) {
      assertThat(own.name()).isEqualTo("clinic-1");
      assertThat(own.role()).isEqualTo(Role.CLIENT);
      assertThat(own.participant().project()).isEqualTo("p1");
      assertThat(own.participant().company()).isEqualTo("acme");
      assertThat(other.participant().hosts())
          .containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
      assertThat(other.participant().project()).isNull();
      byte[] message = "hello".getBytes(StandardCharsets.US_ASCII);
      byte[] signature = own.sign(message);
      assertThat(signature).hasSize(64);
      Participant seen =
          Participant.decode(
              own.participant().certificate().getEncoded(), other.authorities(), CLOCK);
      assertThat(seen).isEqualTo(own.participant());
      assertThat(seen.verify(message, signature)).isTrue();
      assertThat(other.participant().verify(message, signature)).isFalse();
      signature[5] ^= 1;
      assertThat(seen.verify(message, signature)).isFalse();
      assertThat(seen.verify(message, new byte[0])).isFalse();
      assertThat(seen.verify(message, new byte[65])).isFalse();
      assertThat(Participant.of(own.tls().chain().getFirst())).isEqualTo(seen);
    }
  }

  @Test
  void aClosedIdentitySignsNoMoreAndPrintsNoKey() throws IOException {
    Identity identity = load(client, CLOCK);
    assertThat(identity.toString()).isEqualTo("Identity[cifer://client/clinic-1]");
    assertThat(identity.tls().toString()).contains("key=redacted");
    identity.close();
    assertThatThrownBy(() -> identity.sign(new byte[1])).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void privateKeysAreReadableByTheirOwnerOnlyFromTheStart() throws IOException {
    for (Path file :
        List.of(client.resolve(CertificateRequest.KEY_FILE), ca.resolve(Authority.KEY_FILE))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
    Path key = client.resolve(CertificateRequest.KEY_FILE);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    refused(Reason.EXPOSED, () -> load(client, CLOCK), key.toString(), "chmod 600");
  }

  @Test
  void nothingIsOverwritten() {
    refused(Reason.EXISTS, () -> Authority.create(ca, "f", YEAR, CLOCK), "ca.pem");
    refused(
        Reason.EXISTS,
        () -> CertificateRequest.create(client, Role.CLIENT, "x", List.of()),
        "certificate_request.pem");
    refused(Reason.EXISTS, () -> sign(ca, client), "certificate.pem");
  }

  @Test
  void validityHasItsOwnReasonOnEitherSide() throws Exception {
    String file = client.resolve("certificate.pem").toString();
    refused(
        Reason.EXPIRED,
        () -> load(client, () -> NOW.plus(YEAR).plusSeconds(1)),
        file,
        "expired at 2027-11-22T12:00:00Z",
        "certs sign");
    refused(
        Reason.NOT_YET_VALID,
        () -> load(client, () -> NOW.minus(Duration.ofHours(2))),
        "valid from",
        "clock");
    load(client, () -> NOW.minus(Duration.ofMinutes(59))).close();
    try (var authority = Authority.open(ca)) {
      refused(
          Reason.EXPIRED,
          () ->
              authority.sign(
                  CertificateRequest.read(client.resolve(CertificateRequest.REQUEST_FILE)),
                  YEAR,
                  () -> NOW.plus(YEAR.multipliedBy(3))));
    }
  }

  @Test
  void aCertificateNeverOutlivesItsAuthority() throws IOException {
    try (var authority = Authority.open(ca)) {
      X509Certificate signed =
          authority.sign(
              CertificateRequest.read(client.resolve(CertificateRequest.REQUEST_FILE)),
              YEAR.multipliedBy(50),
              CLOCK);
      assertThat(signed.getNotAfter()).isEqualTo(authority.certificate().getNotAfter());
    }
  }

  @Test
  void anotherAuthorityIsNotTrustedEvenWithTheSameName() throws Exception {
    Path other = dir.resolve("other");
    Authority.create(other, "federation", YEAR, CLOCK).close();
    refused(
        Reason.UNTRUSTED,
        () ->
            Identity.load(
                client.resolve("certificate.pem"),
                client.resolve(CertificateRequest.KEY_FILE),
                other.resolve("ca.pem"),
                CLOCK),
        "not signed by the enrolment authority",
        "ca.pem");
    try (var own = load(client, CLOCK);
        var stranger = Authority.open(other)) {
      byte[] der = own.participant().certificate().getEncoded();
      refused(
          Reason.UNTRUSTED, () -> Participant.decode(der, List.of(stranger.certificate()), CLOCK));
      refused(
          Reason.UNTRUSTED,
          () ->
              Participant.decode(
                  own.participant().certificate().getEncoded(),
                  List.of(own.participant().certificate()),
                  CLOCK));
      der[der.length - 5] ^= 1;
      refused(Reason.UNTRUSTED, () -> Participant.decode(der, own.authorities(), CLOCK));
    }
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws IOException {
    Path key = client.resolve(CertificateRequest.KEY_FILE);
    String own = Files.readString(key);
    String other = Files.readString(coordinator.resolve(CertificateRequest.KEY_FILE));
    Files.writeString(key, other);
    refused(Reason.WRONG_KEY, () -> load(client, CLOCK), key.toString(), "TLS key");
    String end = "-----END PRIVATE KEY-----\n";
    int cut = own.indexOf(end) + end.length();
    int otherCut = other.indexOf(end) + end.length();
    Files.writeString(key, own.substring(0, cut) + other.substring(otherCut));
    refused(Reason.WRONG_KEY, () -> load(client, CLOCK), "signing key");
    Files.writeString(key, own.substring(0, cut));
    refused(Reason.MALFORMED, () -> load(client, CLOCK), "1 private keys", "EC and Ed25519");
    Files.writeString(key, own.substring(cut) + own.substring(0, cut));
    refused(Reason.MALFORMED, () -> load(client, CLOCK), "EC and Ed25519");
    Files.writeString(key, own.substring(0, own.length() - 40));
    refused(Reason.MALFORMED, () -> load(client, CLOCK), "cut short");
    Files.delete(key);
    refused(Reason.UNREADABLE, () -> load(client, CLOCK), "does not exist");
  }

  @Test
  void theAuthoritysCertificateIsNoParticipant() throws Exception {
    Files.copy(
        ca.resolve("ca.pem"),
        client.resolve("certificate.pem"),
        StandardCopyOption.REPLACE_EXISTING);
    refused(Reason.NOT_A_PARTICIPANT, () -> load(client, CLOCK), "states no name and role");
  }

  @Test
  void filesThatAreNoPemOrTooLongAreMalformed() throws IOException {
    Path file = client.resolve("certificate.pem");
    Files.writeString(file, "no pem");
    refused(Reason.MALFORMED, () -> load(client, CLOCK), "no CERTIFICATE block");
    Files.writeString(file, "x".repeat(Pem.MAX_FILE_BYTES + 1));
    refused(Reason.MALFORMED, () -> load(client, CLOCK), "longer than");
    refused(
        Reason.MALFORMED, () -> Participant.decode(new byte[17 << 10], List.of(), CLOCK), "16384");
    refused(Reason.MALFORMED, () -> Participant.decode(new byte[9], List.of(), CLOCK));
  }

  @Test
  void aRequestProvesBothKeys() throws IOException {
    Path file = client.resolve(CertificateRequest.REQUEST_FILE);
    byte[] der = Pem.read(file, Pem.REQUEST).getFirst();
    var read = CertificateRequest.read(file);
    assertThat(read.name()).isEqualTo("clinic-1");
    assertThat(read.role()).isEqualTo(Role.CLIENT);
    assertThat(read.fingerprint()).hasSize(64);
    int refusals = 0;
    for (int i = 0; i < der.length; i += 3) {
      byte[] changed = der.clone();
      changed[i] ^= 1;
      Files.write(file, Pem.encode(Pem.REQUEST, changed));
      try {
        // A few bits belong to the encoding only; what is asked for must never change.
        var lenient = CertificateRequest.read(file);
        assertThat(lenient.claims()).as("byte " + i).isEqualTo(read.claims());
        assertThat(lenient.tlsKey()).as("byte " + i).isEqualTo(read.tlsKey());
      } catch (IdentityRefused _) {
        refusals++;
      }
    }
    assertThat(refusals).isGreaterThan(der.length / 3 - 5);
  }

  @Test
  void namesAndHostsAreRestricted() {
    for (String name : List.of("", ".", "..", "a/b", "a b", "ä", "a\n", "x".repeat(65))) {
      assertThatThrownBy(
              () -> CertificateRequest.create(dir.resolve("new"), Role.CLIENT, name, List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("name");
    }
    for (String host : List.of("a_b", "", "-a", "a..b", "1.2.3", "http://x")) {
      assertThatThrownBy(() ->
              CertificateRequest.create(dir.resolve("new"), Role.COORDINATOR, "hub", List.of(host)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() ->
            CertificateRequest.create(dir.resolve("new"), Role.CLIENT, "c", List.of("localhost")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> CertificateRequest.create(dir.resolve("new"), Role.COORDINATOR, "c", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(dir.resolve("new")).doesNotExist();
  }

  @Test
  void weakSigningKeysAreRefused() throws Exception {
    String prefix = "302a300506032b6570032100";
    String[] weak = {
      // y = 0, 1, p - 1 and the two of order 8; then y = p + 1, which is 1 in another form.
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "0100000000000000000000000000000000000000000000000000000000000080",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      // Not on the curve.
      "0200000000000000000000000000000000000000000000000000000000000000"
    };
    for (String raw : weak) {
      byte[] spki = HexFormat.of().parseHex(prefix + raw);
      refused(Reason.WEAK_KEY, () -> SigningKeys.decode(spki, "here"), "here");
    }
    byte[] sound = Keys.generateSigning().getPublic().getEncoded();
    assertThat(SigningKeys.decode(sound, "here").getEncoded()).isEqualTo(sound);
    // RFC 8032, section 7.1, test 2.
    byte[] known =
        HexFormat.of()
            .parseHex(prefix + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    byte[] signature =
        HexFormat.of()
            .parseHex(
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    assertThat(SigningKeys.verify(SigningKeys.decode(known, "rfc"), new byte[] {0x72}, signature))
        .isTrue();
  }

  @Test
  void opensslParsesAndVerifiesTheCertificate() throws Exception {
    assumeThat(openssl("version")).as("openssl is on this machine").startsWith("OpenSSL");
    String certificate = coordinator.resolve("certificate.pem").toString();
    String text = openssl("x509", "-in", certificate, "-noout", "-text");
    assertThat(text)
        .contains(
            "URI:cifer://coordinator/hub",
            "DNS:localhost",
            "IP Address:127.0.0.1",
            "TLS Web Server Authentication",
            "CA:FALSE",
            "2.25.315012962084540954850338255065511172401.1");
    assertThat(
            openssl(
                "verify",
                "-attime",
                Long.toString(NOW.getEpochSecond()),
                "-x509_strict",
                "-purpose",
                "sslserver",
                "-CAfile",
                ca.resolve("ca.pem").toString(),
                certificate))
        .contains("OK");
    assertThat(
            openssl(
                "req",
                "-in",
                client.resolve(CertificateRequest.REQUEST_FILE).toString(),
                "-noout",
                "-verify"))
        .contains("OK");
    assertThat(
            openssl(
                "pkey",
                "-in",
                client.resolve(CertificateRequest.KEY_FILE).toString(),
                "-noout",
                "-text"))
        .contains("prime256v1");
    try (var identity = load(coordinator, CLOCK)) {
      assertThat(
              openssl("x509", "-in", certificate, "-noout", "-fingerprint", "-sha256")
                  .replace(":", "")
                  .toLowerCase(java.util.Locale.ROOT))
          .contains(identity.participant().fingerprint());
    }
  }

  private static String openssl(String... arguments) throws Exception {
    var command = new java.util.ArrayList<String>();
    command.add("openssl");
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return "absent: " + e.getMessage();
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return output;
  }
}
