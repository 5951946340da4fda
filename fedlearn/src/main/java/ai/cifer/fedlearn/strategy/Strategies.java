package ai.cifer.fedlearn.strategy;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// The strategies of the library by the word that chooses them in a config.
public final class Strategies {

  private static final Map<String, Function<StrategySettings, Strategy>> BY_NAME =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("fedavg", FedAvg::from),
              Map.entry("fedavgm", FedAvgM::from),
              Map.entry("fedadagrad", FedAdagrad::from),
              Map.entry("fedadam", FedAdam::from),
              Map.entry("fedyogi", FedYogi::from),
              Map.entry("fedsgd", FedSgd::from),
              Map.entry("fedprox", FedProx::from),
              Map.entry("fednova", FedNova::from),
              Map.entry("scaffold", Scaffold::from),
              Map.entry("feddyn", FedDyn::from),
              Map.entry("fedbn", FedBn::from),
              Map.entry("qfedavg", QFedAvg::from),
              Map.entry("ditto", Ditto::from),
              Map.entry("krum", Krum::from),
              Map.entry("multikrum", MultiKrum::from),
              Map.entry("bulyan", Bulyan::from),
              Map.entry("coordinate_median", CoordinateMedian::from),
              Map.entry("trimmed_mean", TrimmedMean::from),
              Map.entry("geometric_median", GeometricMedian::from)));

  private Strategies() {}

  /// Their names.
  public static SortedSet<String> names() {
    return new TreeSet<>(BY_NAME.keySet());
  }

  /// Makes the strategy of that name; empty if the library has none.
  ///
  /// @throws IllegalArgumentException if a setting is unknown or out of its range
  public static Optional<Strategy> named(String name, StrategySettings settings) {
    return Optional.ofNullable(BY_NAME.get(name))
        .map(maker -> {
          Strategy strategy = maker.apply(settings);
          settings.requireKnown(name);
          return strategy;
        });
  }
}
