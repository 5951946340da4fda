package ai.cifer.node.config;

import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Preprocessing.Divide;
import ai.cifer.fedlearn.train.Preprocessing.Flatten;
import ai.cifer.fedlearn.train.Preprocessing.Impute;
import ai.cifer.fedlearn.train.Preprocessing.ImputeMean;
import ai.cifer.fedlearn.train.Preprocessing.Label;
import ai.cifer.fedlearn.train.Preprocessing.OneHot;
import ai.cifer.fedlearn.train.Preprocessing.Regression;
import ai.cifer.fedlearn.train.Preprocessing.Resize;
import ai.cifer.fedlearn.train.Preprocessing.Scale;
import ai.cifer.fedlearn.train.Preprocessing.Select;
import ai.cifer.fedlearn.train.Preprocessing.Standardize;
import ai.cifer.fedlearn.train.Preprocessing.Step;
import ai.cifer.fedlearn.train.Preprocessing.Tokens;
import ai.cifer.node.NodeException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The key `preprocessing`: a list of steps, each an object whose `step` says which it is.
final class PreprocessingSettings {

  static final String KEY = "preprocessing";

  private static final String WORDS =
      "select, label, target, impute, impute-mean, scale, standardize, one-hot, flatten, tokens, resize, split";

  private PreprocessingSettings() {}

  static Preprocessing read(Settings settings) throws NodeException {
    Optional<JsonNode> list = settings.tree(KEY);
    if (list.isEmpty()) {
      return Preprocessing.NONE;
    }
    if (!list.get().isArray()) {
      throw settings.invalid(KEY, "a list of steps, for example [{\"step\": \"flatten\"}]");
    }
    List<Step> steps = new ArrayList<>();
    for (JsonNode node : list.get()) {
      try {
        steps.add(new StepFields(node).step());
      } catch (IllegalArgumentException bad) {
        throw settings.invalid(
            "%s: step %d: %s".formatted(KEY, steps.size() + 1, bad.getMessage()));
      }
    }
    try {
      return new Preprocessing(steps);
    } catch (IllegalArgumentException bad) {
      throw settings.invalid(String.valueOf(bad.getMessage()));
    }
  }

  /// The fields of one step, each asked for once.
  private static final class StepFields {

    private final JsonNode node;
    private final Set<String> asked = new HashSet<>();

    StepFields(JsonNode node) {
      if (!node.isObject()) {
        throw new IllegalArgumentException(node + " (expected: an object with \"step\")");
      }
      this.node = node;
    }

    Step step() {
      String word = text("step");
      Step step =
          switch (word) {
            case "select" -> new Select(names("columns"));
            case "label" -> new Label(column("column"), names("classes"));
            case "target" -> new Regression(column("column"));
            case "impute" -> new Impute(names("columns"), number("value"));
            case "impute-mean" ->
                new ImputeMean(names("columns"), number("low"), number("high"), numbers("means"));
            case "scale" -> new Scale(names("columns"), number("low"), number("high"));
            case "standardize" ->
                new Standardize(
                    names("columns"),
                    number("low"),
                    number("high"),
                    numbers("means"),
                    numbers("deviations"));
            case "one-hot" -> new OneHot(column("column"), names("categories"));
            case "flatten" -> new Flatten();
            case "tokens" -> new Tokens();
            case "resize" -> new Resize(whole("width"), whole("height"), whole("channels"));
            case "split" -> new Divide(number("test"), has("seed") ? whole("seed") : 0);
            default ->
                throw new IllegalArgumentException(
                    "%s (expected: one of %s)".formatted(word, WORDS));
          };
      for (String key : node.propertyNames()) {
        if (!asked.contains(key)) {
          throw new IllegalArgumentException(
              "unknown key %s of %s (known: %s)"
                  .formatted(key, word, asked.stream().sorted().toList()));
        }
      }
      return step;
    }

    private boolean has(String key) {
      asked.add(key);
      return node.has(key);
    }

    private JsonNode required(String key) {
      JsonNode value = has(key) ? node.get(key) : null;
      if (value == null) {
        throw new IllegalArgumentException("%s is missing (expected: set)".formatted(key));
      }
      return value;
    }

    private IllegalArgumentException invalid(String key, JsonNode value, String expected) {
      return new IllegalArgumentException("%s: %s (expected: %s)".formatted(key, value, expected));
    }

    private String text(String key) {
      JsonNode value = required(key);
      if (!value.isString()) {
        throw invalid(key, value, "text");
      }
      return value.stringValue();
    }

    /// A name, or a number counted from 0.
    private String column(String key) {
      JsonNode value = required(key);
      return value.isIntegralNumber() ? value.asString() : text(key);
    }

    private double number(String key) {
      JsonNode value = required(key);
      if (!value.isNumber()) {
        throw invalid(key, value, "a number");
      }
      return value.doubleValue();
    }

    private int whole(String key) {
      JsonNode value = required(key);
      if (!value.isIntegralNumber() || !value.canConvertToInt()) {
        throw invalid(key, value, "an integer");
      }
      return value.intValue();
    }

    /// Missing is empty.
    private List<String> names(String key) {
      List<String> names = new ArrayList<>();
      if (has(key)) {
        for (JsonNode each : list(key)) {
          if (!each.isString() && !each.isIntegralNumber()) {
            throw invalid(key, each, "texts");
          }
          names.add(each.asString());
        }
      }
      return names;
    }

    private List<Float> numbers(String key) {
      List<Float> numbers = new ArrayList<>();
      if (has(key)) {
        for (JsonNode each : list(key)) {
          if (!each.isNumber()) {
            throw invalid(key, each, "numbers");
          }
          numbers.add((float) each.doubleValue());
        }
      }
      return numbers;
    }

    private JsonNode list(String key) {
      JsonNode value = node.get(key);
      if (!value.isArray()) {
        throw invalid(key, value, "a list");
      }
      return value;
    }
  }

  /// What [#read] reads.
  static JsonNode json(Preprocessing preprocessing) {
    ArrayNode steps = JsonNodeFactory.instance.arrayNode();
    for (Step step : preprocessing.steps()) {
      ObjectNode out = steps.addObject().put("step", step.word());
      switch (step) {
        case Select(List<String> columns) -> texts(out, "columns", columns);
        case Label(String column, List<String> classes) -> {
          out.put("column", column);
          texts(out, "classes", classes);
        }
        case Regression(String column) -> out.put("column", column);
        case Impute(List<String> columns, double value) -> {
          texts(out, "columns", columns);
          out.put("value", value);
        }
        case ImputeMean each -> {
          texts(out, "columns", each.columns());
          out.put("low", each.low()).put("high", each.high());
          each.means().forEach(out.putArray("means")::add);
        }
        case Scale(List<String> columns, double low, double high) -> {
          texts(out, "columns", columns);
          out.put("low", low).put("high", high);
        }
        case Standardize each -> {
          texts(out, "columns", each.columns());
          out.put("low", each.low()).put("high", each.high());
          each.means().forEach(out.putArray("means")::add);
          each.deviations().forEach(out.putArray("deviations")::add);
        }
        case OneHot(String column, List<String> categories) -> {
          out.put("column", column);
          texts(out, "categories", categories);
        }
        case Flatten _, Tokens _ -> {}
        case Resize(int width, int height, int channels) ->
            out.put("width", width).put("height", height).put("channels", channels);
        case Divide(double test, long seed) -> out.put("test", test).put("seed", seed);
      }
    }
    return steps;
  }

  private static void texts(ObjectNode out, String key, List<String> values) {
    ArrayNode list = out.putArray(key);
    values.forEach(list::add);
  }
}
