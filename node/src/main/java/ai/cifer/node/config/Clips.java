package ai.cifer.node.config;

import ai.cifer.node.NodeException;
import ai.cifer.secagg.plan.ClipRule;
import ai.cifer.secagg.plan.ClipTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// `clip` and `max_clip`: a number for all tensors, a table by their names, or a quantile of the
/// last aggregate.
final class Clips {

  static final double DEFAULT = 1.0;

  private static final String QUANTILE = "quantile";
  private static final Set<String> QUANTILE_KEYS = Set.of(QUANTILE, "factor", "first");

  private Clips() {}

  /// What a coordinator demands.
  static ClipRule rule(Settings settings, String key) throws NodeException {
    Optional<JsonNode> value = settings.tree(key);
    if (value.isEmpty()) {
      return ClipRule.fixed(ClipTable.uniform((float) DEFAULT));
    }
    return value.get().has(QUANTILE)
        ? quantile(settings, key, value.get())
        : ClipRule.fixed(table(settings, key, value.get()));
  }

  /// What a participant allows.
  static Optional<ClipTable> table(Settings settings, String key) throws NodeException {
    Optional<JsonNode> value = settings.tree(key);
    return value.isEmpty() ? Optional.empty() : Optional.of(table(settings, key, value.get()));
  }

  private static ClipRule quantile(Settings settings, String key, JsonNode value)
      throws NodeException {
    for (String name : value.propertyNames()) {
      if (!QUANTILE_KEYS.contains(name)) {
        throw settings.invalid(
            "%s: unknown key %s (expected: quantile, factor, first)".formatted(key, name));
      }
    }
    JsonNode first = value.get("first");
    try {
      return new ClipRule(
          first == null
              ? ClipTable.uniform((float) DEFAULT)
              : table(settings, key + ".first", first),
          Optional.of(
              new ClipRule.Quantile(
                  settings.positive(key + "." + QUANTILE, value.get(QUANTILE)),
                  value.has("factor")
                      ? settings.positive(key + ".factor", value.get("factor"))
                      : ClipRule.Quantile.USUAL_FACTOR)));
    } catch (IllegalArgumentException outOfRange) {
      throw settings.invalid("%s.%s".formatted(key, outOfRange.getMessage()));
    }
  }

  private static ClipTable table(Settings settings, String name, JsonNode value)
      throws NodeException {
    if (!value.isObject()) {
      return ClipTable.uniform((float) settings.positive(name, value));
    }
    List<ClipTable.Entry> entries = new ArrayList<>();
    try {
      for (Map.Entry<String, JsonNode> entry : value.properties()) {
        double clip = settings.positive(name + "." + entry.getKey(), entry.getValue());
        entries.add(new ClipTable.Entry(entry.getKey(), (float) clip));
      }
      return new ClipTable(entries);
    } catch (IllegalArgumentException unfit) {
      throw settings.invalid("%s: %s".formatted(name, unfit.getMessage()));
    }
  }

  /// The rule as a configuration says it.
  static Object said(ClipRule rule) {
    Object first = said(rule.first());
    if (rule.quantile().isEmpty()) {
      return first;
    }
    Map<String, Object> said = new LinkedHashMap<>();
    said.put(QUANTILE, rule.quantile().get().share());
    said.put("factor", rule.quantile().get().factor());
    said.put("first", first);
    return said;
  }

  private static Object said(ClipTable table) {
    if (table.equals(ClipTable.uniform(table.entries().getFirst().clip()))) {
      return table.entries().getFirst().clip();
    }
    Map<String, Object> said = new LinkedHashMap<>();
    table.entries().forEach(entry -> said.putIfAbsent(entry.pattern(), entry.clip()));
    return said;
  }
}
