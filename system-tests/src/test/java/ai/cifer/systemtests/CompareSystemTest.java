package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Encryption changes not a single bit of the model.
@Tag("slow")
class CompareSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  @Test
  void encryptedAndPlainRunsGiveTheSameModelBitForBit() throws Exception {
    compare("secure-aggregation");
  }

  @Test
  void ciphertextsOfCkksGiveTheSameModelBitForBit() throws Exception {
    compare("ckks");
  }

  @Test
  void ciphertextsOfPaillierGiveTheSameModelBitForBit() throws Exception {
    compare("paillier");
  }

  private void compare(String mode) throws Exception {
    Cifer demo =
        federation.start(
            "demo",
            List.of("-Xmx256m"),
            List.of(
                "demo", "--compare", "--rounds", "2", "--encryption", mode, "--format", "json"));

    assertThat(demo.exitCode()).isZero();

    JsonNode comparison = new JsonMapper().readTree(demo.out());
    assertThat(comparison.get("identical").asBoolean()).isTrue();
    JsonNode encrypted = comparison.get("encrypted");
    JsonNode plain = comparison.get("plain");
    assertThat(encrypted.get("encryption").asString()).isEqualTo(mode);
    assertThat(plain.get("encryption").asString()).isEqualTo("none");
    assertThat(encrypted.get("folder").asString()).isNotEqualTo(plain.get("folder").asString());
    assertThat(encrypted.get("model_sha256").asString())
        .isEqualTo(plain.get("model_sha256").asString());
    assertThat(model(encrypted)).isEqualTo(model(plain));
    assertThat(encrypted.get("rounds").get(0).get("model_sha256").asString())
        .isNotEqualTo(encrypted.get("rounds").get(1).get("model_sha256").asString());
  }

  private byte[] model(JsonNode run) throws java.io.IOException {
    Path folder = federation.folder().resolve(run.get("folder").asString());
    return Files.readAllBytes(folder.resolve("model.npz"));
  }
}
