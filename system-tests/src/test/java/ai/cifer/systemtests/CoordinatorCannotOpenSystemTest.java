package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// Everything that a real coordinator has at the moment when all four updates are stored and the
/// key holder has not yet helped: its folder, its run's folder, its logs, and its memory.
///
/// What it could try with that is the matter of [CuriousCoordinatorSystemTest].
class CoordinatorCannotOpenSystemTest {
  private static final Pattern KEY_BLOCK =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.+?)-----END", Pattern.DOTALL);

  /// Quantile 1 - 10^-6 of chi-square with 255 degrees of freedom (Wilson and Hilferty).
  private static final double CHI_SQUARE_LIMIT = 378;

  @RegisterExtension final Federation federation = new Federation();

  @Test
  void holdsNoKeyAndStoresNoise() throws Exception {
    Cifer server = federation.server(Map.of("rounds", 1, "patience", 60));
    Cifer keyHolder = federation.keyHolder();
    federation.clients(3);
    federation.client("client-4", Map.of("hold", 1));
    federation.awaitHolding("client-4");
    keyHolder.signal("STOP");
    federation.letGo("client-4");
    Wait.until(
        "four stored updates",
        Duration.ofMinutes(1),
        () -> federation.events("segment_stored").size() == 4);

    List<Path> files = filesOf(federation.of("coordinator"));
    Path heap = dump(server);
    files.add(heap);
    files.add(federation.folder().resolve("coordinator.out"));
    files.add(federation.folder().resolve("coordinator.err"));

    // The coordinator's own key is found, so the search would find another's.
    for (byte[] secret : secrets("coordinator")) {
      assertThat(holds(files, secret)).as("the coordinator's own key is found").isTrue();
    }
    List<String> others = new ArrayList<>(Identities.CLIENTS);
    others.add(Identities.KEY_HOLDER);
    for (String other : others) {
      for (byte[] secret : secrets(other)) {
        assertThat(holds(files, secret)).as("a key of %s at the coordinator", other).isFalse();
      }
    }
    assertThat(files.stream().map(file -> file.getFileName().toString()))
        .doesNotContain("ca_key.pem", "key-holder.journal", "client.journal");
    storedBlocksLookUniform(files);
    assertThat(federation.events("sum_revealed")).isEmpty();

    keyHolder.signal("CONT");
    assertThat(server.exitCode()).isZero();
    assertThat(federation.plannedAndActual()).containsEntry(1, "4 planned, 4 actual");
    // Blocks that were opened are kept nowhere.
    assertThat(federation.runFolder().resolve("work")).doesNotExist();
    assertThat(federation.events().stream().map(JsonNode::toString))
        .noneMatch(line -> line.contains("secret") || line.contains("seed"));
  }

  private static void storedBlocksLookUniform(List<Path> files) throws IOException {
    List<Path> blocks =
        files.stream()
            .filter(file -> file.toString().contains("round-000001"))
            .filter(file -> file.getFileName().toString().endsWith(".blocks"))
            .toList();
    assertThat(blocks).hasSize(4);
    for (Path file : blocks) {
      assertThat(chiSquare(Files.readAllBytes(file)))
          .as("chi-square of the bytes of %s, significance 10^-6", file.getFileName())
          .isLessThan(CHI_SQUARE_LIMIT);
    }
    // The same measure finds structure where there is some.
    Path model =
        files.stream()
            .filter(file -> file.getFileName().toString().endsWith(".f32"))
            .findFirst()
            .orElseThrow();
    assertThat(chiSquare(Files.readAllBytes(model))).isGreaterThan(10 * CHI_SQUARE_LIMIT);
  }

  private static double chiSquare(byte[] bytes) {
    long[] counts = new long[256];
    for (byte each : bytes) {
      counts[each & 255]++;
    }
    double expected = bytes.length / 256.0;
    double sum = 0;
    for (long count : counts) {
      sum += (count - expected) * (count - expected) / expected;
    }
    return sum;
  }

  private static List<Path> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return new ArrayList<>(files.filter(Files::isRegularFile).toList());
    }
  }

  /// The whole heap of the process, as it is.
  private Path dump(Cifer process) throws IOException, InterruptedException {
    Path file = federation.folder().resolve("coordinator.hprof");
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                "GC.heap_dump",
                "-all",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jcmd.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(file).as(said).isNotEmptyFile();
    return file;
  }

  /// The secrets of a participant as bytes that would be found wherever they lie: the raw scalars.
  private List<byte[]> secrets(String participant) throws IOException, GeneralSecurityException {
    Matcher blocks =
        KEY_BLOCK.matcher(Files.readString(federation.of(participant).resolve("private_key.pem")));
    List<byte[]> secrets = new ArrayList<>();
    while (blocks.find()) {
      byte[] der = Base64.getMimeDecoder().decode(blocks.group(1));
      secrets.add(
          secrets.isEmpty()
              ? magnitude(
                  ((ECPrivateKey)
                          KeyFactory.getInstance("EC")
                              .generatePrivate(new PKCS8EncodedKeySpec(der)))
                      .getS())
              : ((EdECPrivateKey)
                      KeyFactory.getInstance("Ed25519")
                          .generatePrivate(new PKCS8EncodedKeySpec(der)))
                  .getBytes()
                  .orElseThrow());
    }
    assertThat(secrets).hasSize(2);
    return secrets;
  }

  /// Without the byte that only says that it is positive.
  private static byte[] magnitude(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private static boolean holds(List<Path> files, byte[] secret) throws IOException {
    // Latin-1 keeps every byte as one character, and the search for text is fast.
    String needle = new String(secret, StandardCharsets.ISO_8859_1);
    for (Path file : files) {
      if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(needle)) {
        return true;
      }
    }
    return false;
  }
}
