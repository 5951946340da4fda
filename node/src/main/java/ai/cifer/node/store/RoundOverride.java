package ai.cifer.node.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What an operator decides about the round that is open, over the rules by which the coordinator
/// would go on waiting: the round is to end without a result. Left in the run's folder for the
/// coordinator's process; it has no effect on any other round than the one that it names.
///
/// It is the coordinator's own affair: no participant can be made to do anything by it that it
/// would refuse otherwise.
///
/// @param round the one that was open when it was made
/// @param by who asked for it, by the name of the account
/// @param at when, ISO 8601
/// @param reason the operator's words; participants are told
public record RoundOverride(int round, String by, String at, String reason) {

  /// Longest reason in characters; nobody reads more in a log.
  public static final int MAX_REASON = 500;

  private static final long MAX_BYTES = 1 << 16;

  private static Path file(RunFolder folder) {
    return folder.path().resolve("override.json");
  }

  /// Leaves it for the coordinator; one that was not taken up is replaced.
  public void leave(RunFolder folder) throws IOException {
    JsonFile.write(file(folder), this);
  }

  /// What was left, once.
  ///
  /// @return empty if nothing was, or what cannot be read
  public static Optional<RoundOverride> take(RunFolder folder) throws IOException {
    Path file = file(folder);
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      Optional<RoundOverride> left =
          Files.size(file) > MAX_BYTES ? Optional.empty() : of(JsonFile.read(file));
      Files.delete(file);
      return left;
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    } catch (Damaged unreadable) {
      Files.delete(file);
      return Optional.empty();
    }
  }

  private static Optional<RoundOverride> of(JsonNode json) {
    String reason = json.path("reason").asString("");
    return Optional.of(
        new RoundOverride(
            json.path("round").asInt(0),
            json.path("by").asString("unknown"),
            json.path("at").asString(""),
            reason.substring(0, Math.min(MAX_REASON, reason.length()))));
  }
}
