package ai.cifer.training.data;

import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.natives.DjlNatives;
import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tokenizer of a Hugging Face model: texts become as many numbers as a network takes.
///
/// It is the participant's own file; the library is DJL's, which runs Hugging Face's.
final class TextTokenizer implements AutoCloseable {

  private static final String FILE = "tokenizer.json";
  private static final String CONFIG = "tokenizer_config.json";
  private static final long MAX_CONFIG_BYTES = 1 << 24;

  /// What tokens that pad are called where nothing says so: by BERT and its kind, by RoBERTa's.
  private static final List<String> PADDING = List.of("[PAD]", "<pad>");

  /// Numbers of tokens are kept as float32, which holds integers up to here.
  private static final long MAX_TOKEN = 1 << 24;

  private final HuggingFaceTokenizer tokenizer;
  private final int length;
  private final int padding;
  private long cut;

  private TextTokenizer(HuggingFaceTokenizer tokenizer, int length, int padding) {
    this.tokenizer = tokenizer;
    this.length = length;
    this.padding = padding;
  }

  /// @param place a folder of Hugging Face, or its `tokenizer.json`
  /// @param length tokens of a text, special ones included
  /// @param pad the token behind short texts; where it is not said, what `tokenizer_config.json`
  ///   beside the tokenizer says, or what it is usually called
  /// @throws TrainingException if there is no tokenizer or no such token, or the library does not
  ///   start on this system
  static TextTokenizer open(Path place, int length, Optional<String> pad) throws TrainingException {
    Path file = Files.isDirectory(place) ? place.resolve(FILE) : place;
    if (!Files.isRegularFile(file)) {
      throw new TrainingException("no such file: " + file);
    }
    HuggingFaceTokenizer opened = load(file, length);
    try {
      return new TextTokenizer(opened, length, padding(opened, file, pad));
    } catch (TrainingException | RuntimeException failure) {
      opened.close();
      throw failure;
    }
  }

  private static HuggingFaceTokenizer load(Path file, int length) throws TrainingException {
    try {
      return DjlNatives.load(
          "tokenizers",
          () ->
              HuggingFaceTokenizer.builder()
                  .optTokenizerPath(file)
                  .optPadding(false)
                  .optTruncation(true)
                  .optMaxLength(length)
                  .build());
    } catch (EngineException | LinkageError missing) {
      throw new TrainingException(
          "tokenizers do not start: %s (expected: ai.djl.huggingface:tokenizers on the class path; it has Linux x86-64 and arm64, macOS arm64, Windows x64)"
              .formatted(missing),
          missing);
    } catch (IOException | RuntimeException malformed) {
      throw new TrainingException(
          "%s: not a tokenizer of Hugging Face: %s (expected: its %s)"
              .formatted(file, malformed.getMessage(), FILE),
          malformed);
    }
  }

  private static int padding(HuggingFaceTokenizer tokenizer, Path file, Optional<String> pad)
      throws TrainingException {
    Optional<String> said = pad.isPresent() ? pad : configured(file.resolveSibling(CONFIG));
    for (String name : said.map(List::of).orElse(PADDING)) {
      Encoding found = tokenizer.encode(name, false, false);
      if (found.getIds().length == 1 && found.getTokens()[0].equals(name)) {
        return (int) Math.min(found.getIds()[0], MAX_TOKEN);
      }
    }
    throw new TrainingException(
        "%s: no padding token %s (expected: one token of its vocabulary; --pad names it)"
            .formatted(file, said.orElse(String.join(" or ", PADDING))));
  }

  /// `"pad_token": "[PAD]"`, or an object whose `content` it is.
  private static Optional<String> configured(Path config) throws TrainingException {
    if (!Files.isRegularFile(config)) {
      return Optional.empty();
    }
    try {
      if (Files.size(config) > MAX_CONFIG_BYTES) {
        throw new TrainingException(
            "%s: %d bytes (expected: <= %d)"
                .formatted(config, Files.size(config), MAX_CONFIG_BYTES));
      }
      JsonNode token = new JsonMapper().readTree(Files.readAllBytes(config)).path("pad_token");
      JsonNode text = token.isObject() ? token.path("content") : token;
      return text.isString() ? Optional.of(text.asString()) : Optional.empty();
    } catch (IOException | JacksonException malformed) {
      throw new TrainingException(
          "%s: not readable: %s".formatted(config, malformed.getMessage()), malformed);
    }
  }

  /// The number of the token that short texts are filled up with.
  int padding() {
    return padding;
  }

  /// How many texts were longer than they may be, so far.
  long cut() {
    return cut;
  }

  /// Writes the tokens of `text` to `row`, and padding behind them.
  ///
  /// @throws TrainingException if the vocabulary has more tokens than float32 can tell apart
  void read(String text, float[] row) throws TrainingException {
    Encoding encoding = tokenizer.encode(text);
    long[] ids = encoding.getIds();
    cut += encoding.exceedMaxLength() ? 1 : 0;
    for (int i = 0; i < length; i++) {
      long token = i < ids.length ? ids[i] : padding;
      if (token < 0 || token >= MAX_TOKEN) {
        throw new TrainingException(
            "token: number %d (expected: below %d)".formatted(token, MAX_TOKEN));
      }
      row[i] = token;
    }
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
