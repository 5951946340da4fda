package ai.cifer.training.model.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.training.data.Fixtures;
import ai.cifer.training.model.SafetensorsFormat;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A hub on the loopback address that serves the sharded fixture.
class HubTest {

  private static final Path SHARDED = Fixtures.file("models/sharded");
  private static final String FIRST = "model-00001-of-00002.safetensors";

  @TempDir Path folder;

  private final List<String> requests = new ArrayList<>();
  private HttpServer server;
  private Hub hub;
  private String list;

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    list = list();
    server.createContext("/", this::answer);
    server.start();
    hub =
        new Hub(
            URI.create(
                "http://%s:%d/"
                    .formatted(
                        InetAddress.getLoopbackAddress().getHostAddress(),
                        server.getAddress().getPort())));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /// Tensors are large files, the rest is in Git.
  private static String list() throws Exception {
    List<String> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(SHARDED)) {
      for (Path file : files.sorted().toList()) {
        byte[] bytes = Files.readAllBytes(file);
        MessageDigest git = MessageDigest.getInstance("SHA-1");
        git.update("blob %d\0".formatted(bytes.length).getBytes(StandardCharsets.US_ASCII));
        String sha = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        String name = file.getFileName().toString();
        String lfs =
            name.endsWith(".safetensors")
                ? ",\"lfs\":{\"oid\":\"%s\",\"size\":%d}".formatted(sha, bytes.length)
                : "";
        entries.add(
            "{\"type\":\"file\",\"path\":\"%s\",\"size\":%d,\"oid\":\"%s\"%s}"
                .formatted(name, bytes.length, HexFormat.of().formatHex(git.digest(bytes)), lfs));
      }
    }
    entries.add("{\"type\":\"directory\",\"path\":\"onnx\",\"size\":0,\"oid\":\"\"}");
    return entries.stream().collect(Collectors.joining(",", "[", "]"));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String range = exchange.getRequestHeaders().getFirst("Range");
    requests.add(path.substring(path.lastIndexOf('/') + 1) + (range == null ? "" : " " + range));
    byte[] body;
    int status = 200;
    if (path.equals("/api/models/clinic/heart/tree/v1")) {
      body = list.getBytes(StandardCharsets.UTF_8);
    } else if (path.startsWith("/clinic/heart/resolve/v1/")) {
      body = Files.readAllBytes(SHARDED.resolve(path.substring(path.lastIndexOf('/') + 1)));
      if (range != null) {
        int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
        body = Arrays.copyOfRange(body, from, body.length);
        status = 206;
      }
    } else {
      body = new byte[] {'n', 'o'};
      status = 404;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void fetch() throws Exception {
    hub.fetch(HubSource.parse("hf:clinic/heart@v1"), folder);
  }

  @Test
  void aFetchedModelIsReadAndNotFetchedAgain() throws Exception {
    fetch();
    try (Tensors tensors = new SafetensorsFormat().read(folder).tensors();
        Tensors original = new SafetensorsFormat().read(SHARDED).tensors()) {
      assertThat(tensors.digest()).isEqualTo(original.digest());
    }
    requests.clear();
    fetch();
    assertThat(requests).containsExactly("v1");
  }

  @Test
  void whatWasCutOffGoesOnAtItsByte() throws Exception {
    byte[] whole = Files.readAllBytes(SHARDED.resolve(FIRST));
    Files.write(folder.resolve(FIRST + ".part"), Arrays.copyOf(whole, 30));
    fetch();
    assertThat(requests).contains(FIRST + " bytes=30-");
    assertThat(Files.readAllBytes(folder.resolve(FIRST))).isEqualTo(whole);
  }

  @Test
  void aDamagedPartIsRefusedAndBegunAnew() throws Exception {
    Files.write(folder.resolve(FIRST + ".part"), new byte[30]);
    assertThatThrownBy(this::fetch)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(FIRST + ": not what the hub's list says");
    assertThat(folder.resolve(FIRST)).doesNotExist();
    fetch();
    assertThat(folder.resolve(FIRST)).exists();
  }

  @Test
  void aFileThatGrewIsRefused() {
    list = list.replace("\"size\":", "\"size\":1,\"was\":");
    assertThatThrownBy(this::fetch)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than the 1 bytes of the list");
  }

  @ParameterizedTest
  @ValueSource(strings = {"my config.json", "a%2e.json", ".json", "a?.json", "é.safetensors"})
  void aNameThatIsNoPlainOneIsRefused(String name) {
    list = "[{\"type\":\"file\",\"path\":\"%s\",\"size\":1,\"oid\":\"\"}]".formatted(name);
    assertThatThrownBy(this::fetch)
        .isInstanceOf(IOException.class)
        .hasMessage("file: '%s' (expected: at most 10000 names of [A-Za-z0-9._-])".formatted(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[{\"type\":\"file\",\"path\":\"..\\\\x.json\"}]", "[", "[]", "{}"})
  void aStrangeListIsRefused(String answer) {
    list = answer;
    assertThatThrownBy(this::fetch).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hf:clinic/heart", "hf:../heart@v1", "hf:a/b@../c", "clinic/heart@v1"})
  void aSourceOfAnotherFormIsRefused(String text) {
    assertThatThrownBy(() -> HubSource.parse(text))
        .isInstanceOf(IOException.class)
        .hasMessage("source: " + text + " (expected: hf:OWNER/NAME@REVISION)");
  }

  @Test
  void anUnknownRepositoryIsNamed() throws Exception {
    assertThatThrownBy(() -> hub.fetch(HubSource.parse("hf:clinic/lung@v1"), folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/api/models/clinic/lung/tree/v1: HTTP 404 (expected: 200)");
  }
}
