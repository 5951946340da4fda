package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `openssl s_client` sees of the coordinator's port.
class TlsProfileSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  @BeforeEach
  void listen() throws Exception {
    federation.server(Map.of());
  }

  @ParameterizedTest
  @CsvSource({
    "TLS_AES_128_GCM_SHA256, h2",
    "TLS_AES_256_GCM_SHA384, http/1.1",
    "TLS_CHACHA20_POLY1305_SHA256, h2",
  })
  void theSuitesOfTls13_areSpoken(String suite, String protocol) throws Exception {
    String said =
        openssl(true, "-tls1_3", "-ciphersuites", suite, "-alpn", protocol, "-verify_return_error");
    assertThat(said)
        .contains("TLSv1.3")
        .contains(suite)
        .contains("ALPN protocol: " + protocol)
        .contains("Verify return code: 0 (ok)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_1", "-tls1"})
  void olderProtocols_areRefused(String protocol) throws Exception {
    assertThat(openssl(true, protocol, "-cipher", "ALL:@SECLEVEL=0")).contains("Cipher is (NONE)");
  }

  @Test
  void withoutACertificate_theHandshakeFails() throws Exception {
    assertThat(openssl(false, "-tls1_3"))
        .containsPattern("alert certificate required|alert number 116");
  }

  @Test
  void aWeakGroup_isNotSpoken() throws Exception {
    assertThat(openssl(true, "-tls1_3", "-groups", "ffdhe2048")).contains("Cipher is (NONE)");
  }

  private String openssl(boolean certificate, String... words)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + federation.port(),
                "-servername",
                "localhost",
                "-CAfile",
                federation.of("client-1").resolve("ca.pem").toString()));
    if (certificate) {
      command.addAll(
          List.of(
              "-cert",
              federation.of("client-1").resolve("certificate.pem").toString(),
              "-key",
              federation.of("client-1").resolve("private_key.pem").toString()));
    }
    command.addAll(List.of(words));
    Process openssl = new ProcessBuilder(command).redirectErrorStream(true).start();
    // After the handshake the coordinator has to say what it thinks of the certificate.
    openssl.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    openssl.getOutputStream().flush();
    if (!openssl.waitFor(certificate ? 1 : 3, TimeUnit.SECONDS)) {
      openssl.getOutputStream().close();
    }
    String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(openssl.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
