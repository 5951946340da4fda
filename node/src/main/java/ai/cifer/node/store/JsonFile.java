package ai.cifer.node.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// JSON files for people and tools: snake_case names, indented, whole or not there.
public final class JsonFile {

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private JsonFile() {}

  public static void write(Path file, Object value) throws IOException {
    Durable.write(
        file,
        (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  /// As [#write] would write it.
  public static JsonNode tree(Object value) {
    return JSON.readTree(JSON.writeValueAsString(value));
  }

  /// @throws Damaged if it is not JSON
  public static JsonNode read(Path file) throws IOException {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (JacksonException malformed) {
      throw new Damaged(file, String.valueOf(malformed.getMessage()), malformed);
    }
  }
}
