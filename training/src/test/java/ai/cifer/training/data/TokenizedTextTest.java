package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Hugging Face's own library makes of the texts is in the fixtures, see `make_tokenizer.py`.
class TokenizedTextTest {

  private static final Path TEXTS = Fixtures.file("text/texts.csv");
  private static final Path TOKENIZER = Fixtures.file("text/tokenizer.json");

  @TempDir Path folder;

  @Test
  void tokensAreThoseOfTheLibrary() throws Exception {
    Path out = folder.resolve("tokens.npz");
    long rows =
        new TokenizedText(TOKENIZER, 8).write(TEXTS, "note", "ill", List.of("no", "yes"), out);
    assertThat(rows).isEqualTo(6);
    try (NpzFile found = NpzFile.open(out);
        NpzFile expected = NpzFile.open(Fixtures.file("text/tokens_expected.npz"));
        Arena arena = Arena.ofConfined()) {
      NpyArray x = found.read("x", arena);
      NpyArray wanted = expected.read("x", arena);
      assertThat(x.header().type()).isEqualTo(NpyType.INT32);
      assertThat(x.header().shape()).isEqualTo(wanted.header().shape());
      for (int i = 0; i < 48; i++) {
        assertThat(x.real(i)).as("%d", i).isEqualTo(wanted.real(i));
      }
    }
    try (Examples examples = Examples.open(out, Split.TRAIN)) {
      assertThat(examples.labels()).containsExactly(0, 1, 0, 1, 0, 1);
    }
  }

  private void refused(String fact, String text, String label, List<String> classes) {
    Path out = folder.resolve("refused.npz");
    assertThatThrownBy(() -> new TokenizedText(TOKENIZER, 8).write(TEXTS, text, label, classes, out))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(fact);
    assertThat(out).doesNotExist();
  }

  @Test
  void mistakesAreNamed() throws Exception {
    refused("column: text (expected: one of [note, ill])", "text", "ill", List.of());
    refused("label: 'no' on line 2 (expected: 0 to 65535)", "note", "ill", List.of());
    refused("label: 'yes' on line 3 (expected: [no])", "note", "ill", List.of("no"));
    assertThatThrownBy(() -> new TokenizedText(TOKENIZER, 0))
        .hasMessage("length: 0 (expected: 1 to 131072)");
    Path other = Files.writeString(folder.resolve("tokenizer.json"), "{}");
    assertThatThrownBy(() ->
            new TokenizedText(other, 8)
                .write(TEXTS, "note", "ill", List.of("no", "yes"), folder.resolve("x.npz")))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("not a tokenizer of Hugging Face");
  }
}
