package ai.cifer.node.config;

import ai.cifer.fedlearn.strategy.StopRule;
import ai.cifer.node.NodeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which strategy a run has.
///
/// @param name the strategy's name, or that of a class of the user's own
/// @param settings its numbers by name
/// @param jar where a class of the user's own lies, if not on the class path
/// @param stop when the run ends before its rounds are done
public record StrategyConfig(
    String name, Map<String, Double> settings, Optional<Path> jar, Optional<StopRule> stop) {

  static final Set<String> KEYS = Set.of("strategy", "strategy_settings", "strategy_jar", "stop");

  static StrategyConfig from(Settings settings) throws NodeException {
    return new StrategyConfig(
        settings.text("strategy").orElse("fedavg"),
        Map.copyOf(settings.numbers("strategy_settings")),
        settings.path("strategy_jar"),
        stop(settings));
  }

  private static Optional<StopRule> stop(Settings settings) throws NodeException {
    Optional<Settings> stop = settings.object("stop", Set.of("metric", "patience", "min_delta"));
    if (stop.isEmpty()) {
      return Optional.empty();
    }
    Settings rule = stop.get();
    String metric = rule.word("metric", "accuracy", List.of("accuracy", "loss"));
    return Optional.of(
        new StopRule(
            StopRule.Metric.valueOf(metric.toUpperCase(Locale.ROOT)),
            (int) rule.integer("patience", 5, 1, 1_000_000),
            rule.has("min_delta") ? rule.positive("min_delta", 0) : 0));
  }
}
