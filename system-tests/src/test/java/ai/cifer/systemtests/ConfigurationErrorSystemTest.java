package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.node.identity.Authority;
import ai.cifer.node.identity.CertificateRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What people get wrong: each ends with its own exit code and one message that names the fact and
/// the cure.
class ConfigurationErrorSystemTest {
  /// A port on which nobody listens: the system gives it to nobody, being below all it gives.
  private static final int NOBODY = 1;

  @RegisterExtension final Federation federation = new Federation();

  @Test
  void misspeltKey_namesTheNearest() throws Exception {
    expect(
        run(federation.serverWords(Map.of("n_round_client", 4))),
        ExitCode.CONFIG_INVALID,
        "n_round_client",
        "did you mean n_round_clients?");
  }

  @Test
  void missingFile_isNamed() throws Exception {
    expect(
        run(List.of("client", "--config", "nowhere.json")),
        ExitCode.CONFIG_UNREADABLE,
        "nowhere.json: no such file");
  }

  @Test
  void portOfTheAddressDiffersFromPort_namesBoth() throws Exception {
    expect(
        run(client(Map.of("base_api", "https://localhost:5001", "port", 5002))),
        ExitCode.CONFIG_INVALID,
        "5001",
        "5002");
  }

  @Test
  void unencryptedWebSocket_isRefused() throws Exception {
    expect(
        run(client(Map.of("base_api", "ws://localhost"))),
        ExitCode.CONFIG_INVALID,
        "ws://localhost",
        "expected: wss://localhost");
  }

  @Test
  void unencryptedAddress_isRefused() throws Exception {
    expect(
        run(client(Map.of("base_api", "http://localhost"))),
        ExitCode.CONFIG_INVALID,
        "http://localhost",
        "expected: https://localhost");
  }

  @Test
  void expiredCertificate_isNamedWithItsDate() throws Exception {
    Instant past = Instant.parse("2025-03-01T00:00:00Z");
    Path own = federation.of("client-1");
    Files.delete(own.resolve("private_key.pem"));
    Files.delete(own.resolve("certificate_request.pem"));
    Files.delete(own.resolve("certificate.pem"));
    try (Authority authority =
        Authority.create(
            federation.of("old"), "old", Duration.ofDays(3650), InstantSource.fixed(past))) {
      CertificateRequest request =
          CertificateRequest.create(own, ai.cifer.node.identity.Role.CLIENT, "client-1", List.of());
      authority.sign(
          request,
          Duration.ofDays(30),
          InstantSource.fixed(past.plus(Duration.ofDays(1))),
          own.resolve("certificate.pem"));
    }
    Files.copy(
        federation.of("old").resolve("ca.pem"),
        own.resolve("ca.pem"),
        StandardCopyOption.REPLACE_EXISTING);
    expect(
        run(client(Map.of())), ExitCode.IDENTITY_UNUSABLE, "certificate.pem", "expired", "2025-04");
  }

  @Test
  void certificateOfAnotherAuthority_isNotBelieved() throws Exception {
    Cifer server = federation.server(Map.of());
    Identities.run(
        federation.folder(), "other", List.of("certs", "init", "--out", "other", "--name", "o"));
    Path stranger = federation.of("stranger");
    Identities.run(
        federation.folder(),
        "stranger",
        List.of("certs", "request", "--role", "client", "--name", "stranger", "--out", "stranger"));
    try (Cifer sign = Identities.sign(federation.folder(), "other", "stranger", 30)) {
      assertThat(sign.exitCode()).as(sign::report).isZero();
    }
    // It believes the coordinator, the coordinator does not believe it.
    Files.copy(federation.of("authority").resolve("ca.pem"), stranger.resolve("ca.pem"));
    Files.copy(
        federation.of("other").resolve("ca.pem"),
        federation.of("client-1").resolve("ca.pem"),
        StandardCopyOption.REPLACE_EXISTING);
    Cifer unbelieved = run(federation.clientWords("stranger", Map.of(), Map.of()));
    Cifer unbelieving = run(client(Map.of("port", federation.port())));

    assertThat(unbelieved.exitCode())
        .as(unbelieved::report)
        .isIn(ExitCode.WRONG_AUTHORITY.number(), ExitCode.IDENTITY_UNUSABLE.number());
    assertOneMessage(unbelieved);
    assertThat(unbelieving.exitCode())
        .as(unbelieving::report)
        .isIn(ExitCode.WRONG_AUTHORITY.number(), ExitCode.IDENTITY_UNUSABLE.number());
    assertOneMessage(unbelieving);
    assertThat(server.isAlive()).isTrue();
  }

  /// The owner's own files fit together, but the two sides have different authorities.
  @Test
  void wholeIdentityOfAnotherAuthority_isWrongAuthority() throws Exception {
    federation.server(Map.of());
    Identities.run(
        federation.folder(), "other", List.of("certs", "init", "--out", "other", "--name", "o"));
    Identities.run(
        federation.folder(),
        "stranger",
        List.of("certs", "request", "--role", "client", "--name", "stranger", "--out", "stranger"));
    try (Cifer sign = Identities.sign(federation.folder(), "other", "stranger", 30)) {
      assertThat(sign.exitCode()).as(sign::report).isZero();
    }
    Files.copy(
        federation.of("other").resolve("ca.pem"), federation.of("stranger").resolve("ca.pem"));
    expect(
        run(federation.clientWords("stranger", Map.of(), Map.of())),
        ExitCode.WRONG_AUTHORITY,
        "authority");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void worldReadableKey_isRefused() throws Exception {
    Files.setPosixFilePermissions(
        federation.of("client-1").resolve("private_key.pem"),
        PosixFilePermissions.fromString("rw-r--r--"));
    expect(run(client(Map.of())), ExitCode.IDENTITY_UNUSABLE, "private_key.pem", "chmod 600");
  }

  @Test
  void missingDataset_isNamed() throws Exception {
    expect(
        run(client(Map.of("trainer", "djl", "dataset_path", "nowhere.npz"))),
        ExitCode.DATASET_UNREADABLE,
        "nowhere.npz");
  }

  @Test
  void imagesOfTheWrongShape_endTheClientAndNotTheRound() throws Exception {
    Cifer client = clientWithData("(40, 20, 30)", new byte[40 * 20 * 30], (byte) 3);
    expect(client, ExitCode.DATASET_MISMATCH, "20", "30", "expected");
  }

  @Test
  void labelsOutOfRange_endTheClientAndNotTheRound() throws Exception {
    Cifer client = clientWithData("(40, 28, 28)", new byte[40 * 28 * 28], (byte) 12);
    expect(client, ExitCode.DATASET_MISMATCH, "labels of the data: 0 to 12", "expected: 0 to 9");
  }

  /// Runs a round of three others with a client-4 whose data do not fit the model.
  private Cifer clientWithData(String shape, byte[] images, byte label) throws Exception {
    Identities.run(
        federation.folder(),
        "model",
        List.of("model", "init", "--architecture", "cnn", "--out", "model.safetensors"));
    Cifer server = federation.server(Map.of("rounds", 1));
    federation.keyHolder();
    federation.clients(3);
    byte[] labels = new byte[40];
    java.util.Arrays.fill(labels, label);
    try (NpzFile data = NpzFile.create(federation.of("client-4").resolve("data.npz"))) {
      data.array("x_train", shape, images).array("y_train", "(40,)", labels);
    }
    Cifer client =
        federation.start(
            "client-4",
            Cifer.small(128),
            federation.clientWords(
                "client-4", Map.of(), Map.of("trainer", "djl", "dataset_path", "data.npz")));
    assertThat(server.exitCode()).isZero();
    assertThat(federation.plannedAndActual()).containsEntry(1, "4 planned, 3 actual");
    return client;
  }

  @Test
  void portInUse_isNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      expect(
          run(federation.serverWords(Map.of("port", taken.getLocalPort()))),
          ExitCode.PORT_IN_USE,
          "localhost:" + taken.getLocalPort(),
          "Address already in use");
    }
  }

  @Test
  void unreachableCoordinator_isTriedAgainAndThenGivenUp() throws Exception {
    Cifer client = run(client(Map.of("port", NOBODY, "patience", 6)));
    expect(
        client,
        ExitCode.COORDINATOR_UNREACHABLE,
        "https://localhost:" + NOBODY,
        "not reached in 6 s",
        "cifer server");
    assertThat(client.out()).containsSubsequence("trying again", "trying again");
  }

  private List<String> client(Map<String, ?> keys) throws IOException {
    federation.port(NOBODY);
    return federation.clientWords("client-1", Map.of(), keys);
  }

  private Cifer run(List<String> words) throws IOException {
    return federation.start("command-" + words.getFirst(), Cifer.small(96), words);
  }

  private static void expect(Cifer command, ExitCode code, String... facts) throws Exception {
    assertThat(command.exitCode()).as(command::report).isEqualTo(code.number());
    assertThat(command.err())
        .contains(facts)
        .contains("(exit code %d, see %s)".formatted(code.number(), code.page()));
    assertOneMessage(command);
  }

  private static void assertOneMessage(Cifer command) throws IOException {
    assertThat(command.err())
        .startsWith("error: ")
        .doesNotContain("\tat ", "Exception", "WARNING", "SLF4J");
    assertThat(command.err().lines()).hasSizeLessThanOrEqualTo(4);
    assertThat(command.out()).doesNotContain("\tat ", "Exception");
  }
}
