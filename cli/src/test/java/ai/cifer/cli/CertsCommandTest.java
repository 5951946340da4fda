package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Captured;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CertsCommandTest {

  @TempDir Path folder;

  private final Captured captured = Captured.file();

  @BeforeEach
  void anAuthority() {
    assertThat(run("certs", "init", "--out", path("ca"), "--name", "study")).isZero();
  }

  @Test
  void threeStepsMakeAnIdentityThatLoads() throws IOException {
    enrol();
    try (Identity identity =
        Identity.load(
            folder.resolve("hub/certificate.pem"),
            folder.resolve("hub/private_key.pem"),
            folder.resolve("ca/ca.pem"),
            InstantSource.system())) {
      assertThat(identity.role()).isEqualTo(Role.COORDINATOR);
      assertThat(identity.name()).isEqualTo("hub");
    }
  }

  @Test
  void aCertificateIsShownAsADocument() {
    enrol();
    Captured shown = Captured.file();
    assertThat(
            Cifer.run(
                shown.terminal(), "certs", "show", path("hub/certificate.pem"), "--format", "json"))
        .isZero();
    JsonNode document = JsonMapper.shared().readTree(shown.out());
    assertThat(document.path("kind").asString()).isEqualTo("certificate");
    assertThat(document.path("role").asString()).isEqualTo("coordinator");
    assertThat(document.path("hosts").get(0).asString()).isEqualTo("localhost");
    assertThat(document.path("issuer").asString()).isEqualTo("CN=study");
  }

  @Test
  void aRequestAndAnAuthorityAreShown() {
    enrol();
    assertThat(run("certs", "show", path("hub/certificate_request.pem"))).isZero();
    assertThat(run("certs", "show", path("ca/ca.pem"))).isZero();
    assertThat(captured.out()).contains("request  hub").contains("authority  study");
  }

  @Test
  void aPrivateKeyIsNeverShown() throws IOException {
    enrol();
    assertThat(run("certs", "show", path("hub/private_key.pem")))
        .isEqualTo(ExitCode.IDENTITY_UNUSABLE.number());
    assertThat(captured.err()).contains("holds a private key, which is never shown");
    String key = Files.readString(folder.resolve("hub/private_key.pem")).lines().toList().get(1);
    assertThat(captured.out() + captured.err()).doesNotContain(key);
  }

  @Test
  void nothingIsOverwritten() {
    assertThat(run("certs", "init", "--out", path("ca")))
        .isEqualTo(ExitCode.IDENTITY_UNUSABLE.number());
    assertThat(captured.err()).contains("exists and is not overwritten");
  }

  @Test
  void aCoordinatorNeedsAHost() {
    assertThat(
            run("certs", "request", "--role", "coordinator", "--name", "hub", "--out", path("hub")))
        .isEqualTo(ExitCode.USAGE.number());
    assertThat(captured.err()).contains("--host: none (expected: the name or address");
    assertThat(folder.resolve("hub")).doesNotExist();
  }

  @Test
  void anUnknownRoleIsAnsweredWithTheThree() {
    assertThat(run("certs", "request", "--role", "boss", "--name", "x", "--out", path("x")))
        .isEqualTo(ExitCode.USAGE.number());
    assertThat(captured.err()).contains("role: boss (expected: coordinator, client or key-holder)");
  }

  private void enrol() {
    assertThat(
            run(
                "certs",
                "request",
                "--role",
                "coordinator",
                "--name",
                "hub",
                "--host",
                "localhost",
                "--out",
                path("hub")))
        .isZero();
    assertThat(run("certs", "sign", path("hub/certificate_request.pem"), "--authority", path("ca")))
        .isZero();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private int run(String... words) {
    return Cifer.run(captured.terminal(), words);
  }
}
