package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An encrypted update of a model of about 2,000,000 parameters costs at most 1.06 times its
/// float32 bytes, everything that a client sends in a round counted.
@Tag("slow")
class UploadBytesSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  @Test
  void anEncryptedUpdateIsHardlyLargerThanPlainFloats() throws Exception {
    Cifer demo =
        federation.start(
            "demo",
            List.of("-Xmx256m"),
            List.of("demo", "--model", "cnn-large", "--rounds", "1", "--format", "json"));

    assertThat(demo.exitCode()).isZero();

    JsonNode run = new JsonMapper().readTree(demo.out());
    long float32 = run.get("float32_bytes").asLong();
    long upload = run.get("upload_bytes_per_client").asLong();
    System.out.printf(
        "float32_bytes %d, upload_bytes_per_client %d, ratio %.4f%n",
        float32, upload, (double) upload / float32);
    assertThat(float32).isBetween(4 * 1_900_000L, 4 * 2_200_000L);
    assertThat(upload).isGreaterThan(float32);
    assertThat((double) upload / float32).isLessThanOrEqualTo(1.06);
    assertThat(run.get("encryption").asString()).isEqualTo("secure-aggregation");
  }
}
