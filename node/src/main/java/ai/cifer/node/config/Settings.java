package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// The keys and values of a configuration, each read with its type and range.
///
/// Every message names the source, the key, the value and what was expected.
final class Settings {

  /// A configuration is a page of text; whatever is larger is some other file named by mistake.
  private static final long MAX_BYTES = 1 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String source;
  private final Path folder;
  private final Map<String, JsonNode> values;
  private final Map<String, String> typed;

  private Settings(
      String source,
      Path folder,
      Map<String, JsonNode> values,
      Map<String, String> typed,
      Set<String> known)
      throws NodeException {
    this.source = source;
    this.folder = folder;
    this.values = values;
    this.typed = typed;
    for (String key : values.keySet()) {
      if (!known.contains(key)) {
        throw new NodeException(
            Reason.CONFIG_INVALID,
            "%s: unknown key %s%s".formatted(source, key, nearest(key, known)));
      }
    }
  }

  /// Reads `file` and lays `overrides` over it.
  ///
  /// @param overrides values as a person types them: JSON where it parses as such, otherwise text
  static Settings read(Path file, Map<String, String> overrides, Set<String> known)
      throws NodeException {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new NodeException(
            Reason.CONFIG_UNREADABLE,
            "%s: %d bytes (expected: a JSON file of at most %d)"
                .formatted(file, Files.size(file), MAX_BYTES));
      }
      JsonNode root = JSON.readTree(Files.readAllBytes(file));
      if (!root.isObject()) {
        throw new NodeException(
            Reason.CONFIG_INVALID,
            file + ": not a JSON object (expected: { \"key\": value, ... })");
      }
      root.properties().forEach(entry -> values.put(entry.getKey(), entry.getValue()));
    } catch (NoSuchFileException missing) {
      throw new NodeException(
          Reason.CONFIG_UNREADABLE, file + ": no such file; name it with --config FILE", missing);
    } catch (JacksonException malformed) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "%s: not valid JSON: %s (line %d, column %d)"
              .formatted(
                  file,
                  malformed.getOriginalMessage(),
                  malformed.getLocation() == null ? 0 : malformed.getLocation().getLineNr(),
                  malformed.getLocation() == null ? 0 : malformed.getLocation().getColumnNr()),
          malformed);
    } catch (IOException unreadable) {
      throw new NodeException(
          Reason.CONFIG_UNREADABLE,
          "%s: cannot be read: %s".formatted(file, unreadable),
          unreadable);
    }
    overrides.forEach((key, text) -> values.put(key, typed(text)));
    Path folder = file.toAbsolutePath().getParent();
    return new Settings(
        file.toString(), folder == null ? Path.of("") : folder, values, overrides, known);
  }

  /// What a builder gathered; relative paths are relative to the working directory.
  static Settings of(Map<String, JsonNode> values, Set<String> known) throws NodeException {
    return new Settings("configuration", Path.of("").toAbsolutePath(), values, Map.of(), known);
  }

  /// What a person says without a file; relative paths are relative to the working directory.
  static Settings typed(Map<String, String> said, Set<String> known) throws NodeException {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    said.forEach((key, text) -> values.put(key, typed(text)));
    return new Settings("configuration", Path.of("").toAbsolutePath(), values, said, known);
  }

  /// The same, with values for keys that are not set.
  Settings otherwise(Map<String, String> absent) throws NodeException {
    Map<String, JsonNode> all = new LinkedHashMap<>(values);
    absent.forEach((key, text) -> all.putIfAbsent(key, typed(text)));
    return new Settings(source, folder, all, typed, all.keySet());
  }

  private static JsonNode typed(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      if (node.isNumber() || node.isBoolean() || node.isContainer()) {
        return node;
      }
    } catch (JacksonException plainText) {
      return JsonNodeFactory.instance.stringNode(text);
    }
    return JsonNodeFactory.instance.stringNode(text);
  }

  /// The known name with the smallest edit distance, if it is small enough to be a slip.
  private static String nearest(String key, Set<String> known) {
    String best = "";
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : new TreeSet<>(known)) {
      int distance = editDistance(key, candidate);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = candidate;
      }
    }
    return bestDistance <= Math.max(2, key.length() / 2)
        ? " (did you mean %s?)".formatted(best)
        : " (known: %s)".formatted(String.join(", ", new TreeSet<>(known)));
  }

  /// Levenshtein's distance, two rows.
  private static int editDistance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(previous[j], row[j - 1]) + 1);
      }
      previous = row;
    }
    return previous[b.length()];
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  long integer(String key, long otherwise, long min, long max) throws NodeException {
    JsonNode node = values.get(key);
    if (node == null) {
      return otherwise;
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw invalid(key, "an integer");
    }
    long value = node.longValue();
    if (value < min || value > max) {
      throw invalid(key, max == Long.MAX_VALUE ? ">= " + min : "%d to %d".formatted(min, max));
    }
    return value;
  }

  /// A number greater than zero that stays so as float32, the type of model values.
  double positive(String key, double otherwise) throws NodeException {
    JsonNode node = values.get(key);
    return node == null ? otherwise : positive(key, node);
  }

  /// The same of a value inside another one, under the name that messages call it.
  double positive(String name, JsonNode node) throws NodeException {
    if (!node.isNumber()
        || !((float) node.doubleValue() > 0)
        || Float.isInfinite((float) node.doubleValue())) {
      throw invalid(name, node, "a number > 0 in the range of float32");
    }
    return node.doubleValue();
  }

  /// A finite number.
  double number(String key, double otherwise) throws NodeException {
    JsonNode node = values.get(key);
    if (node == null) {
      return otherwise;
    }
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw invalid(key, "a number");
    }
    return node.doubleValue();
  }

  boolean flag(String key, boolean otherwise) throws NodeException {
    JsonNode node = values.get(key);
    if (node == null) {
      return otherwise;
    }
    if (!node.isBoolean()) {
      throw invalid(key, "true or false");
    }
    return node.booleanValue();
  }

  Optional<String> text(String key) throws NodeException {
    JsonNode node = values.get(key);
    if (node == null) {
      return Optional.empty();
    }
    // On the command line nothing tells a name made of digits from a number.
    String text = typed.containsKey(key) ? typed.get(key) : node.stringValue(null);
    if (text == null || text.isBlank()) {
      throw invalid(key, "text");
    }
    return Optional.of(text);
  }

  /// Texts in a list, or in one text with commas between them.
  List<String> texts(String key, List<String> otherwise) throws NodeException {
    JsonNode node = values.get(key);
    if (node == null) {
      return otherwise;
    }
    List<String> texts = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(each -> texts.add(each.stringValue("")));
    } else {
      texts.addAll(List.of(text(key).orElseThrow().split(",")));
    }
    if (texts.stream().anyMatch(String::isBlank)) {
      throw invalid(key, "a list of texts");
    }
    return texts;
  }

  /// A value with parts of its own; missing where the key is not set.
  Optional<JsonNode> tree(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /// One of `words`, which are listed in the message otherwise.
  String word(String key, String otherwise, List<String> words) throws NodeException {
    String value = text(key).orElse(otherwise);
    if (!words.contains(value)) {
      throw invalid(key, "one of " + String.join(", ", words));
    }
    return value;
  }

  /// Some of `words`: one of them, or a list.
  Set<String> words(String key, Set<String> otherwise, List<String> words) throws NodeException {
    JsonNode node = values.get(key);
    if (node == null) {
      return otherwise;
    }
    Set<String> chosen = new TreeSet<>();
    for (JsonNode each : node.isArray() ? node : List.of(node)) {
      chosen.add(each.stringValue(""));
    }
    if (chosen.isEmpty() || !words.containsAll(chosen)) {
      throw invalid(key, "one or more of " + String.join(", ", words));
    }
    return chosen;
  }

  /// An object of numbers; empty where the key is missing.
  Map<String, Double> numbers(String key) throws NodeException {
    Map<String, Double> numbers = new LinkedHashMap<>();
    JsonNode node = values.get(key);
    if (node == null) {
      return numbers;
    }
    if (!node.isObject()) {
      throw invalid(key, "{\"name\": number, ...}");
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isNumber()) {
        throw invalid(key, "a number for " + entry.getKey());
      }
      numbers.put(entry.getKey(), entry.getValue().doubleValue());
    }
    return numbers;
  }

  /// The object under a key, read like a configuration of its own; empty where the key is missing.
  Optional<Settings> object(String key, Set<String> known) throws NodeException {
    JsonNode node = values.get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isObject()) {
      throw invalid(key, "{ \"key\": value, ... }");
    }
    Map<String, JsonNode> inner = new LinkedHashMap<>();
    node.properties().forEach(entry -> inner.put(entry.getKey(), entry.getValue()));
    return Optional.of(new Settings(source + ": " + key, folder, inner, Map.of(), known));
  }

  /// The address of a service on the web.
  Optional<URI> address(String key) throws NodeException {
    Optional<String> said = text(key);
    try {
      Optional<URI> address = said.map(URI::create);
      boolean web =
          address.isEmpty()
              || (address.get().getHost() != null
                  && List.of("https", "http").contains(address.get().getScheme()));
      if (web) {
        return address;
      }
    } catch (IllegalArgumentException malformed) {
      throw invalid(key, "an address such as https://hub.example.org");
    }
    throw invalid(key, "an address such as https://hub.example.org");
  }

  /// A path; a relative one lies beside the configuration file.
  Optional<Path> path(String key) throws NodeException {
    return text(key).map(folder::resolve).map(Path::normalize);
  }

  Path path(String key, String otherwise) throws NodeException {
    return path(key).orElseGet(() -> folder.resolve(otherwise).normalize());
  }

  Path requiredPath(String key) throws NodeException {
    Optional<Path> path = path(key);
    if (path.isEmpty()) {
      throw missing(key);
    }
    return path.get();
  }

  NodeException missing(String key) {
    return new NodeException(
        Reason.CONFIG_INVALID, "%s: %s is missing (expected: set)".formatted(source, key));
  }

  NodeException invalid(String key, String expected) {
    return invalid("%s: %s (expected: %s)".formatted(key, values.get(key), expected));
  }

  NodeException invalid(String name, JsonNode value, String expected) {
    return invalid("%s: %s (expected: %s)".formatted(name, value, expected));
  }

  NodeException invalid(String message) {
    return new NodeException(Reason.CONFIG_INVALID, source + ": " + message);
  }
}
