package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What monitoring sees of a coordinator.
class OperationsPortTest {
  private static final Pattern LINES =
      Pattern.compile("(# (HELP|TYPE) cifer_[a-z_]+ [^\n]+\n|cifer_[a-z_]+ [0-9]+(\\.[0-9]+)?\n)+");

  @TempDir Path folder;

  private static HttpResponse<String> ask(FedServer server, String method, String path)
      throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(
                  URI.create("http://localhost:" + server.metricsPort().getAsInt() + path))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void aRun_isSeenFromItsBeginningToItsEnd() throws Exception {
    try (FederationFixture federation = new FederationFixture(folder);
        FedServer server = federation.server("coordinator", Map.of("metrics_port", "0"))) {
      assertThat(ask(server, "GET", "/healthz").statusCode()).isEqualTo(200);
      assertThat(ask(server, "GET", "/readyz").statusCode()).isEqualTo(200);
      assertThat(ask(server, "GET", "/metrics").body())
          .matches(LINES)
          .contains("cifer_rounds_completed_total 0\n");
      for (int i = 0; i < 4; i++) {
        federation.client("client-" + i, server.port(), "50", Map.of());
      }
      assertThat(server.run().reason()).isEmpty();
      federation.join();
      assertThat(ask(server, "GET", "/readyz").statusCode()).isEqualTo(503);
      String figures = ask(server, "GET", "/metrics").body();
      assertThat(figures)
          .matches(LINES)
          .contains("cifer_rounds_completed_total 2\n", "cifer_round 2\n", "cifer_sessions 0\n")
          .doesNotContain("cifer_received_bytes_total 0\n", "cifer_sent_bytes_total 0\n")
          .doesNotContain("client-");
      assertThat(ask(server, "POST", "/metrics").statusCode()).isEqualTo(405);
      assertThat(ask(server, "GET", "/../server.json").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void withoutTheKey_thereIsNone_andATakenPortIsNamed() throws Exception {
    try (FederationFixture federation = new FederationFixture(folder);
        FedServer server = federation.server("coordinator", Map.of("metrics_port", "0"))) {
      String taken = String.valueOf(server.metricsPort().getAsInt());
      assertThatThrownBy(() -> federation.server("coordinator-2", Map.of("metrics_port", taken)))
          .isInstanceOf(NodeException.class)
          .hasMessageContaining("metrics_port: " + taken);
      try (FedServer silent = federation.server("coordinator-3", Map.of())) {
        assertThat(silent.metricsPort()).isEmpty();
      }
    }
  }
}
