package ai.cifer.cli.history;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.secagg.codec.Names;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// Reads back from `events.jsonl` what a run came to, whether it has ended or not.
public final class RunLog {

  private static final String FILE = "events.jsonl";
  private static final String UNFINISHED = "still running, or killed";

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          // The log says more than the events that are read here.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private RunLog() {}

  /// Whether `folder` is that of a run.
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(FILE));
  }

  /// The document of the run in `folder`.
  ///
  /// @throws CommandFailed if its log is missing, malformed, or ends before the run started
  public static RunDocument read(Path folder) throws CommandFailed {
    Path file = folder.resolve(FILE);
    RunRecorder recorder = new RunRecorder();
    Optional<String> reason = Optional.of(UNFINISHED);
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode event = parsed(line);
        switch (event.path("event").asString("")) {
          case "run_started" -> {
            RunEvent.RunStarted started = MAPPER.treeToValue(event, RunEvent.RunStarted.class);
            // It becomes the name of files.
            Names.check(started.run());
            recorder.on(started);
          }
          case "round_completed" ->
              recorder.on(
                  new RunEvent.RoundCompleted(MAPPER.treeToValue(event, RoundSummary.class)));
          case "run_resumed" -> reason = Optional.of(UNFINISHED);
          case "run_ended" -> reason = MAPPER.treeToValue(event, RunEvent.RunEnded.class).reason();
          default -> {}
        }
      }
    } catch (IOException | JacksonException | IllegalArgumentException failure) {
      throw new CommandFailed(
          ExitCode.CONFIG_UNREADABLE,
          "%s: not the event log of a run (%s)".formatted(file, failure.getMessage()),
          failure);
    }
    int exitCode = reason.isEmpty() ? ExitCode.OK.number() : ExitCode.UNEXPECTED.number();
    return recorder
        .document(folder, reason, exitCode)
        .orElseThrow(() ->
            new CommandFailed(ExitCode.CONFIG_UNREADABLE, file + ": the run had not started yet"));
  }

  /// The round that is open by the log of the run in `folder`, if one is.
  ///
  /// @throws CommandFailed if the log is missing
  public static OptionalInt openRound(Path folder) throws CommandFailed {
    Path file = folder.resolve(FILE);
    OptionalInt open = OptionalInt.empty();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode event = parsed(line);
        switch (event.path("event").asString("")) {
          case "round_opened" -> open = OptionalInt.of(event.path("round").asInt(0));
          case "round_completed", "round_voided", "measured", "run_ended" ->
              open = OptionalInt.empty();
          default -> {}
        }
      }
    } catch (IOException failure) {
      throw new CommandFailed(
          ExitCode.CONFIG_UNREADABLE,
          "%s: not the event log of a run (%s)".formatted(file, failure.getMessage()),
          failure);
    }
    return open;
  }

  /// When a run started, and when each of its completed rounds ended.
  public record Moments(Instant began, List<Instant> roundsEnded) {}

  /// The moments of the run in `folder`.
  ///
  /// @throws CommandFailed if its log is missing, or ends before the run started
  public static Moments moments(Path folder) throws CommandFailed {
    Path file = folder.resolve(FILE);
    Optional<Instant> began = Optional.empty();
    List<Instant> ended = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode event = parsed(line);
        switch (event.path("event").asString("")) {
          case "run_started" -> began = Optional.of(Instant.parse(event.path("time").asString("")));
          case "round_completed" -> ended.add(Instant.parse(event.path("time").asString("")));
          default -> {}
        }
      }
    } catch (IOException | DateTimeParseException failure) {
      throw new CommandFailed(
          ExitCode.CONFIG_UNREADABLE,
          "%s: not the event log of a run (%s)".formatted(file, failure.getMessage()),
          failure);
    }
    return new Moments(
        began.orElseThrow(() ->
            new CommandFailed(ExitCode.CONFIG_UNREADABLE, file + ": the run had not started yet")),
        ended);
  }

  // A process that was killed may leave half a line at the end; it counts for nothing.
  private static JsonNode parsed(String line) {
    try {
      return MAPPER.readTree(line);
    } catch (JacksonException half) {
      return MAPPER.createObjectNode();
    }
  }
}
