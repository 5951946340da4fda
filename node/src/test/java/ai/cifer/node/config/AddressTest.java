package ai.cifer.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

  @TempDir Path folder;

  private ConfigText base(String url) {
    return ConfigText.in(folder).with("base_api", "\"" + url + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "https://localhost, localhost, 5000, https://localhost:5000",
    "grpcs://fl.example.org, fl.example.org, 5000, https://fl.example.org:5000",
    "https://localhost/, localhost, 5000, https://localhost:5000",
    "https://localhost:7001, localhost, 7001, https://localhost:7001",
    "https://127.0.0.1, 127.0.0.1, 5000, https://127.0.0.1:5000",
    "https://[::1]:443, ::1, 443, https://[::1]:443",
  })
  void anAddress_isHostAndPort(String url, String host, int port, URI uri) throws Exception {
    Address address = base(url).client().coordinator();
    assertThat(address).isEqualTo(new Address(host, port));
    assertThat(address.uri()).isEqualTo(uri);
  }

  @Test
  void ipAddress_isAnotherNameForIt() throws Exception {
    ConfigText text =
        ConfigText.in(folder).without("base_api").with("ip_address", "\"https://10.0.0.1\"");
    assertThat(text.client().coordinator()).isEqualTo(new Address("10.0.0.1", 5000));
  }

  @Test
  void bothNames_areOneTooMany() {
    ConfigText text = base("https://localhost").with("ip_address", "\"https://localhost\"");
    assertThat(text.refusal(text::client))
        .isEqualTo("base_api and ip_address are both set (expected: one of them)");
  }

  @Test
  void aPortInTheUrl_mustEqualPort() throws Exception {
    assertThat(base("https://localhost:7001").with("port", "7001").client().coordinator().port())
        .isEqualTo(7001);
    ConfigText text = base("https://localhost:7001").with("port", "5000");
    assertThat(text.refusal(text::client))
        .isEqualTo(
            "port 7001 in base_api differs from port: 5000 (expected: the same, or only one of"
                + " them)");
  }

  @Test
  void aPortInTheUrl_hasTheRangeOfPort() throws Exception {
    ConfigText high = base("https://localhost:65536");
    assertThat(high.refusal(high::server))
        .isEqualTo("base_api: \"https://localhost:65536\" (expected: a port of 0 to 65535)");
    ConfigText zero = base("https://localhost:0");
    assertThat(zero.server().address().port()).as("the system chooses").isZero();
    assertThat(zero.refusal(zero::client))
        .isEqualTo("base_api: \"https://localhost:0\" (expected: a port of 1 to 65535)");
  }

  @Test
  void webSocket_isRefusedByName() {
    ConfigText text =
        ConfigText.in(folder)
            .without("base_api")
            .with("ip_address", "\"wss://localhost\"")
            .with("port", "5000");
    assertThat(text.refusal(text::client))
        .isEqualTo(
            "ip_address: wss://localhost: WebSocket is not available in this version (expected:"
                + " https://localhost)");
  }

  @Test
  void aLinkWithoutTls_isRefusedWithTheCure() {
    ConfigText plain = base("http://localhost").with("use_secure", "true");
    assertThat(plain.refusal(plain::client))
        .isEqualTo(
            "base_api: http://localhost is not encrypted but use_secure is true (expected:"
                + " https://localhost)");
    ConfigText meant = base("http://localhost").with("use_secure", "false");
    assertThat(meant.refusal(meant::client))
        .isEqualTo("base_api: http://localhost is not encrypted (expected: https://localhost)");
    ConfigText insecure = base("https://localhost").with("use_secure", "false");
    assertThat(insecure.refusal(insecure::client))
        .isEqualTo("use_secure: false (expected: true; links without TLS are not available)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost:5000", "ftp://localhost", "https//localhost"})
  void whatIsNoAddress_isRefused(String url) {
    ConfigText text = base(url);
    assertThat(text.refusal(text::client))
        .isEqualTo(
            "base_api: \"%s\" (expected: an address such as https://localhost)".formatted(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user@localhost",
        "https://localhost/federation",
        "https://localhost?a=b",
        "https://localhost#a",
        "https:///",
      })
  void whatCannotBeObeyed_isRefused(String url) {
    ConfigText text = base(url);
    assertThat(text.refusal(text::client))
        .startsWith("base_api: \"%s\" (expected: ".formatted(url))
        .contains("https://localhost");
  }
}
