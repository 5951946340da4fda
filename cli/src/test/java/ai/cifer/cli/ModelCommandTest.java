package ai.cifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Captured;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelCommandTest {

  @TempDir Path folder;

  @Test
  void theSameSeedGivesTheSameModelInBothFormats() {
    String one = digest("init", "--seed", "7", "--out", path("a.safetensors"));
    assertThat(digest("init", "--seed", "7", "--out", path("b.npz"))).isEqualTo(one);
    assertThat(digest("inspect", path("b.npz"))).isEqualTo(one);
    assertThat(digest("init", "--seed", "8", "--out", path("c.npz"))).isNotEqualTo(one);
  }

  @Test
  void anUnknownArchitectureIsAnsweredWithThoseThatAre() {
    Captured captured = Captured.file();
    int code =
        Cifer.run(
            captured.terminal(), "model", "init", "--architecture", "cnnn", "--out", path("a.npz"));
    assertThat(code).isEqualTo(ExitCode.USAGE.number());
    assertThat(captured.err())
        .startsWith("error: architecture: cnnn (expected: cnn or cnn-large or mlp)");
  }

  @Test
  void aFileOfNoKnownFormatIsAnsweredWithThoseThatAre() {
    Captured captured = Captured.file();
    int code = Cifer.run(captured.terminal(), "model", "inspect", path("a.bin"));
    assertThat(code).isEqualTo(ExitCode.MODEL_UNREADABLE.number());
    assertThat(captured.err())
        .contains("(expected: one of keras, npz, onnx, pt, safetensors, savedmodel;");
  }

  @Test
  void aConvertedModelHasTheSameValues() {
    String one = digest("init", "--seed", "7", "--out", path("a.safetensors"));
    assertThat(digest("convert", path("a.safetensors"), path("b.pt"))).isEqualTo(one);
    assertThat(diff("a.safetensors", "b.pt").path("equal").asBoolean(false)).isTrue();
    digest("init", "--seed", "8", "--out", path("c.npz"));
    JsonNode different = diff("a.safetensors", "c.npz");
    assertThat(different.path("equal").asBoolean(true)).isFalse();
    assertThat(different.path("tensors").path(0).path("largest").asDouble(0)).isBetween(1e-3, 2.0);
  }

  @Test
  void aSourceThatIsNoneIsAnsweredWithTheForm() {
    Captured captured = Captured.file();
    int code = Cifer.run(captured.terminal(), "model", "fetch", "clinic/heart", "--out", path("m"));
    assertThat(code).isEqualTo(ExitCode.MODEL_UNREADABLE.number());
    assertThat(captured.err())
        .startsWith("error: source: clinic/heart (expected: hf:OWNER/NAME@REVISION)");
  }

  private JsonNode diff(String one, String other) {
    Captured captured = Captured.file();
    assertThat(
            Cifer.run(
                captured.terminal(), "model", "diff", path(one), path(other), "--format", "json"))
        .isZero();
    return JsonMapper.shared().readTree(captured.out());
  }

  private String digest(String... words) {
    Captured captured = Captured.file();
    String[] all = new String[words.length + 3];
    all[0] = "model";
    System.arraycopy(words, 0, all, 1, words.length);
    all[words.length + 1] = "--format";
    all[words.length + 2] = "json";
    assertThat(Cifer.run(captured.terminal(), all)).isZero();
    JsonNode document = JsonMapper.shared().readTree(captured.out());
    return document.path("model_sha256").asString();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }
}
