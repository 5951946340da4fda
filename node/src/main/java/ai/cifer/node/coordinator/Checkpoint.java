package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.node.store.Damaged;
import ai.cifer.node.store.Durable;
import ai.cifer.secagg.codec.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// Where a run stands between rounds, on the disk.
///
/// ```
/// cifer-checkpoint 1 <SHA-256 of the rest>
/// {"started": {...}, "round": 4, ...}
/// ```
///
/// @param started what was told when the run began
/// @param round the one that is next, or open
/// @param base the round whose model it starts from; 0 for the initial one
/// @param architecture of the model
/// @param layout of the model
/// @param original file name of the copy of the file that the run began with
/// @param model digest of the values of the model, hexadecimal
/// @param memory digests of what the strategy remembers, by name
/// @param clips of the round
/// @param previous hash of the last certified result, hexadecimal
/// @param preprocessing its steps with all constants
/// @param measuring how many numbers of rounds were used up to measure those
/// @param voidInARow how many rounds before this one had no result
/// @param rounds those that had one
/// @param there who was connected: waited for before the next round begins
/// @param ended why the run ended, if it did
record Checkpoint(
    RunEvent.RunStarted started,
    int round,
    int base,
    String architecture,
    List<TensorSpec> layout,
    String original,
    String model,
    SortedMap<String, String> memory,
    List<Float> clips,
    String previous,
    JsonNode preprocessing,
    int measuring,
    int voidInARow,
    List<RoundSummary> rounds,
    List<String> there,
    Optional<String> ended) {

  private static final String HEAD = "cifer-checkpoint 1 ";

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  Checkpoint {
    layout = List.copyOf(layout);
    memory = new TreeMap<>(memory);
    clips = List.copyOf(clips);
    rounds = List.copyOf(rounds);
    there = List.copyOf(there);
  }

  void write(Path file) throws IOException {
    byte[] body = JSON.writeValueAsString(this).getBytes(StandardCharsets.UTF_8);
    byte[] head = (HEAD + hash(body) + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    Durable.write(file, all);
  }

  /// @throws Damaged if it is not as it was written, or of another version
  static Checkpoint read(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int end = 0;
    while (end < all.length && all[end] != '\n') {
      end++;
    }
    String head = new String(all, 0, end, StandardCharsets.US_ASCII);
    byte[] body = Arrays.copyOfRange(all, Math.min(end + 1, all.length), all.length);
    if (!head.equals(HEAD + hash(body))) {
      throw new Damaged(file, "its hash is another, or its version is not 1", null);
    }
    try {
      @Nullable Checkpoint read = JSON.readValue(body, Checkpoint.class);
      if (read == null) {
        throw new Damaged(file, "empty", null);
      }
      return read;
    } catch (JacksonException malformed) {
      throw new Damaged(file, String.valueOf(malformed.getMessage()), malformed);
    }
  }

  private static String hash(byte[] body) {
    return HexFormat.of().formatHex(Bytes.sha256(body).toByteArray());
  }

  /// As it is when the run ended.
  Checkpoint ended(String reason) {
    return new Checkpoint(
        started,
        round,
        base,
        architecture,
        layout,
        original,
        model,
        memory,
        clips,
        previous,
        preprocessing,
        measuring,
        voidInARow,
        rounds,
        there,
        Optional.of(reason));
  }
}
