package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Hugging Face's own library makes of the texts is in the fixtures, see `make_text.py`.
class TokenizedTextTest {

  private static final Path TEXTS = Fixtures.file("text/texts.csv");
  private static final Path SPEECHES = Fixtures.file("text/speeches");

  /// Words are tokens: `<pad>` is not number 0 here, as with RoBERTa.
  private static final String WORDS =
      """
      {"version": "1.0", "truncation": null, "padding": null,
       "added_tokens": [{"id": 1, "content": "<pad>", "single_word": false, "lstrip": false,
                         "rstrip": false, "normalized": false, "special": true}],
       "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null,
       "decoder": null,
       "model": {"type": "WordLevel", "vocab": {"<unk>": 0, "<pad>": 1, "no": 2}, "unk_token": "<unk>"}}
      """;

  @TempDir Path folder;

  private static TokenizedText tokenized(Path tokenizer) {
    return new TokenizedText(tokenizer, 8, Optional.empty(), "note", "ill", List.of("no", "yes"));
  }

  private static List<Double> tokens(Path file, int count) throws Exception {
    try (NpzFile npz = NpzFile.open(file);
        Arena arena = Arena.ofConfined()) {
      NpyArray x = npz.read("x", arena);
      assertThat(x.header().shape()).containsExactly(count / 8L, 8L);
      List<Double> tokens = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        tokens.add((double) x.real(i));
      }
      return tokens;
    }
  }

  @Test
  void tokensAreThoseOfTheLibrary() throws Exception {
    Path out = folder.resolve("tokens.npz");
    TokenizedText.Written written = tokenized(SPEECHES).write(TEXTS, out);
    assertThat(tokens(out, 56)).isEqualTo(tokens(Fixtures.file("text/tokens_expected.npz"), 56));
    assertThat(written.examples()).isEqualTo(7);
    assertThat(written.cut()).isEqualTo(6);
    assertThat(written.padding()).isZero();
    try (Examples examples = Examples.open(out, Split.TRAIN)) {
      assertThat(examples.labels()).containsExactly(0, 1, 0, 1, 0, 1, 0);
    }
  }

  @Test
  void shortTextsEndWithTheTokenizersOwnPadding() throws Exception {
    Path texts = Files.writeString(folder.resolve("texts.csv"), "note,ill\nno way,1\nno,0\n");
    Path words = Files.writeString(folder.resolve("tokenizer.json"), WORDS);
    var numbered = new TokenizedText(words, 8, Optional.empty(), "note", "ill", List.of());
    Path out = folder.resolve("tokens.npz");
    assertThat(numbered.write(texts, out)).isEqualTo(new TokenizedText.Written(2, 0, 1));
    assertThat(tokens(out, 16).subList(0, 8)).containsExactly(2., 0., 1., 1., 1., 1., 1., 1.);

    Files.writeString(
        folder.resolve("tokenizer_config.json"), "{\"pad_token\": {\"content\": \"no\"}}");
    assertThat(numbered.write(texts, folder.resolve("configured.npz")).padding()).isEqualTo(2);

    var named = new TokenizedText(words, 8, Optional.of("never"), "note", "ill", List.of());
    assertThatThrownBy(() -> named.write(texts, folder.resolve("named.npz")))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("no padding token never (expected: one token of its vocabulary");
  }

  private void refused(String fact, Path tokenizer, String text, List<String> classes) {
    Path out = folder.resolve("refused.npz");
    var texts = new TokenizedText(tokenizer, 8, Optional.empty(), text, "ill", classes);
    assertThatThrownBy(() -> texts.write(TEXTS, out))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(fact);
    assertThat(out).doesNotExist();
  }

  @Test
  void mistakesAreNamed() throws Exception {
    refused("column text: missing (expected: one of [note, ill])", SPEECHES, "text", List.of());
    refused("label 'no' on line 2 (expected: 0 to 65535, or", SPEECHES, "note", List.of());
    refused("label 'yes' on line 3 (expected: one of [no])", SPEECHES, "note", List.of("no"));
    refused("no such file: ", folder, "note", List.of("no", "yes"));
    Files.writeString(folder.resolve("tokenizer.json"), "{}");
    refused("not a tokenizer of Hugging Face", folder, "note", List.of("no", "yes"));
    assertThatThrownBy(() -> new TokenizedText(folder, 0, Optional.empty(), "a", "b", List.of()))
        .hasMessage("length: 0 (expected: 1 to 131072)");
  }
}
