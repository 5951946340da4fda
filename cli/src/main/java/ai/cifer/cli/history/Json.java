package ai.cifer.cli.history;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Documents as JSON: snake_case, absent values left out, two blanks of indent.
public final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .changeDefaultPropertyInclusion(
              value -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private Json() {}

  /// `document` as text that ends without a line break.
  public static String text(Object document) {
    return MAPPER.writeValueAsString(document);
  }

  /// Writes beside `file` and renames, so that a reader never sees half a document.
  public static void write(Object document, Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(part, text(document) + "\n");
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Reads a document of `type`.
  ///
  /// @throws CommandFailed if the file is missing or holds something else
  public static <T> T read(Path file, Class<T> type) throws CommandFailed {
    try {
      return MAPPER.readValue(Files.readString(file), type);
    } catch (IOException missing) {
      throw new CommandFailed(
          ExitCode.CONFIG_UNREADABLE, "%s: cannot be read".formatted(file), missing);
    } catch (JacksonException malformed) {
      throw new CommandFailed(
          ExitCode.CONFIG_UNREADABLE,
          "%s: not the expected JSON (%s)".formatted(file, malformed.getOriginalMessage()),
          malformed);
    }
  }
}
