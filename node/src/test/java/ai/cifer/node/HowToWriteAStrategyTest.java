package ai.cifer.node;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.strategy.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `docs/how-to-write-a-strategy.md`, as it stands there: its class runs encrypted, with its
/// settings.
@Timeout(120)
class HowToWriteAStrategyTest {

  private static final Path PAGE = Path.of("../docs/how-to-write-a-strategy.md");

  @TempDir Path folder;

  private static String block(String language) throws IOException {
    Matcher block =
        Pattern.compile("```%s\n(.*?)```".formatted(language), Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    assertThat(block.find()).as("a block of %s", language).isTrue();
    return block.group(1);
  }

  private Path jar() throws IOException {
    Path source = Files.createDirectories(folder.resolve("com/acme")).resolve("SignMomentum.java");
    Files.writeString(source, block("java"));
    Path strategies =
        Path.of(Strategy.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    int refused =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-cp", strategies.toString(), source.toString());
    assertThat(refused).isZero();
    Path jar = folder.resolve("acme.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("com/acme/SignMomentum.class"));
      Files.copy(source.resolveSibling("SignMomentum.class"), out);
      out.closeEntry();
    }
    return jar;
  }

  @Test
  void whatThePageSaysRuns() throws Exception {
    Map<String, String> keys = new TreeMap<>(Map.of("strategy_jar", jar().toString()));
    for (Map.Entry<String, JsonNode> key : new JsonMapper().readTree(block("json")).properties()) {
      String said =
          key.getValue().isString() ? key.getValue().stringValue() : key.getValue().toString();
      keys.putIfAbsent(key.getKey(), said);
    }
    keys.put("rounds", "3");
    try (FederationFixture federation = new FederationFixture(folder.resolve("federation"));
        FedServer server = federation.server("coordinator", keys)) {
      for (int i = 0; i < 4; i++) {
        federation.client("client-" + i, server.port(), "50", Map.of());
      }
      RunResult result = server.run();

      assertThat(result.reason()).isEmpty();
      assertThat(result.rounds()).hasSize(3);
      // Each of the 15,050 values moved by 0.005 in each round, at first all that were zero away.
      List<Double> losses =
          result.rounds().stream().map(round -> round.metrics().orElseThrow().loss()).toList();
      assertThat(losses.getFirst()).isBetween(0.9 * 15_050 * 0.005, 1.1 * 15_050 * 0.005 + 2);
      assertThat(losses.getLast()).isLessThan(3.1 * 15_050 * 0.005 + 2);
    }
  }
}
