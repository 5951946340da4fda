package ai.cifer.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.transport.Route;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
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
    "https://localhost, https, localhost, 5000, https://localhost:5000",
    "grpcs://fl.example.org, https, fl.example.org, 5000, https://fl.example.org:5000",
    "https://localhost/, https, localhost, 5000, https://localhost:5000",
    "https://localhost:7001, https, localhost, 7001, https://localhost:7001",
    "https://127.0.0.1, https, 127.0.0.1, 5000, https://127.0.0.1:5000",
    "https://[::1]:443, https, ::1, 443, https://[::1]:443",
    "wss://localhost, wss, localhost, 5000, wss://localhost:5000",
    "WSS://localhost:443/, wss, localhost, 443, wss://localhost:443",
    "wss://0.0.0.0, wss, 0.0.0.0, 5000, wss://localhost:5000",
    "https://[::]:99, https, ::, 99, https://localhost:99",
  })
  void anAddress_isTransportHostAndPort(String url, String scheme, String host, int port, URI uri)
      throws Exception {
    Address address = base(url).client().coordinator();
    assertThat(address).isEqualTo(new Address(scheme, host, port, Optional.empty()));
    assertThat(address.route()).isEqualTo(Route.to(uri));
  }

  @Test
  void ipAddress_isAnotherNameForIt() throws Exception {
    ConfigText text =
        ConfigText.in(folder).without("base_api").with("ip_address", "\"https://10.0.0.1\"");
    assertThat(text.client().coordinator())
        .isEqualTo(new Address("https", "10.0.0.1", 5000, Optional.empty()));
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
  void theFilesOfBothTransports_areReadAsTheyAre() throws Exception {
    ConfigText grpc =
        base("https://localhost:5000")
            .with("port", "5000")
            .with("n_round_clients", "2")
            .with("use_homomorphic", "true")
            .with("use_secure", "true");
    assertThat(grpc.client().coordinator())
        .isEqualTo(new Address("https", "localhost", 5000, Optional.empty()));
    assertThat(grpc.server().address()).isEqualTo(grpc.client().coordinator());
    ConfigText webSocket =
        ConfigText.in(folder)
            .without("base_api")
            .with("ip_address", "\"wss://0.0.0.0\"")
            .with("port", "8765")
            .with("use_secure", "true");
    assertThat(webSocket.server().address())
        .isEqualTo(new Address("wss", "0.0.0.0", 8765, Optional.empty()));
    assertThat(webSocket.client().coordinator().route().coordinator())
        .isEqualTo(URI.create("wss://localhost:8765"));
  }

  @Test
  void aProxy_isForParticipants() throws Exception {
    ConfigText text = base("wss://fl.example.org").with("proxy", "\"http://proxy:3128\"");
    assertThat(text.client().coordinator().route())
        .isEqualTo(
            Route.to(URI.create("wss://fl.example.org:5000"))
                .through(InetSocketAddress.createUnresolved("proxy", 3128)));
    assertThat(text.refusal(text::server)).contains("unknown key proxy");
    for (String wrong : new String[] {"proxy:3128", "https://proxy:1", "http://proxy", "::"}) {
      ConfigText bad = base("wss://localhost").with("proxy", "\"" + wrong + "\"");
      assertThat(bad.refusal(bad::client))
          .isEqualTo(
              "proxy: \"%s\" (expected: a proxy such as http://proxy.example.org:3128)"
                  .formatted(wrong));
    }
  }

  /// `localhost` would be the proxy's.
  @ParameterizedTest
  @ValueSource(strings = {"http://localhost", "ws://127.0.0.1"})
  void aLinkWithoutTls_goesThroughNoProxy(String url) {
    ConfigText text = base(url).with("use_secure", "false").with("proxy", "\"http://proxy:3128\"");
    assertThat(text.refusal(text::client))
        .isEqualTo(
            "proxy is set (expected: only with https or wss; a link without encryption does not"
                + " leave this machine)");
  }

  @Test
  void aLinkWithoutTls_isRefusedWithTheCure() {
    ConfigText plain = base("http://localhost").with("use_secure", "true");
    assertThat(plain.refusal(plain::client))
        .isEqualTo(
            "base_api: http://localhost is not encrypted but use_secure is true (expected:"
                + " https://localhost)");
    ConfigText socket = base("ws://fl.example.org:81");
    assertThat(socket.refusal(socket::server))
        .isEqualTo(
            "base_api: ws://fl.example.org:81 is not encrypted but use_secure is true (expected:"
                + " wss://fl.example.org:81)");
    ConfigText insecure = base("https://localhost").with("use_secure", "false");
    assertThat(insecure.refusal(insecure::client))
        .isEqualTo(
            "use_secure: false contradicts base_api: https://localhost (expected: true, or"
                + " http://localhost)");
  }

  @ParameterizedTest
  @CsvSource({"http://localhost", "ws://localhost", "http://127.0.0.9", "ws://[::1]"})
  void onThisMachine_aLinkWithoutTlsCanBeHad_andSignaturesSayWhoIsWho(String url) throws Exception {
    ConfigText text = base(url).with("use_secure", "false");
    assertThat(text.client().coordinator().isSecure()).isFalse();
    assertThat(text.client().coordinator().route().coordinator())
        .isEqualTo(URI.create(url + ":5000"));
    assertThat(text.client().credentials().signs()).isTrue();
    ConfigText certificate = text.with("identify_by", "\"certificate\"");
    assertThat(certificate.refusal(certificate::client))
        .isEqualTo("identify_by: certificate (expected: signature, where use_secure is false)");
  }

  @ParameterizedTest
  @CsvSource({
    "http://fl.example.org, https://fl.example.org, http://localhost",
    "ws://10.0.0.1, wss://10.0.0.1, ws://localhost",
    "ws://0.0.0.0, wss://0.0.0.0, ws://localhost",
  })
  void aLinkWithoutTls_goesNoFurtherThanThisMachine(String url, String cure, String here) {
    ConfigText text = base(url).with("use_secure", "false");
    assertThat(text.refusal(text::client))
        .isEqualTo(
            "base_api: %s is not encrypted and not this machine itself (expected: %s, or %s)"
                .formatted(url, cure, here));
  }

  @Test
  void aProxysCertificate_isForThoseWhoSign() throws Exception {
    ConfigText text = base("wss://localhost").with("proxy_certfile", "\"proxy.pem\"");
    assertThat(text.refusal(text::server))
        .startsWith("proxy_certfile is set (expected: only with identify_by: signature;");
    assertThat(text.with("identify_by", "\"signature\"").server().credentials().proxy())
        .contains(folder.resolve("proxy.pem"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost:5000", "ftp://localhost", "https//localhost"})
  void whatIsNoAddress_isRefused(String url) {
    ConfigText text = base(url);
    assertThat(text.refusal(text::client))
        .isEqualTo(
            "base_api: \"%s\" (expected: an address such as https://localhost or wss://localhost)"
                .formatted(url));
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
