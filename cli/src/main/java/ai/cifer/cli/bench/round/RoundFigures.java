package ai.cifer.cli.bench.round;

import ai.cifer.homocryption.bench.MachineFigures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What rounds cost, encrypted and unencrypted, as `--format json` prints it.
///
/// Later rounds are all but the first of a run: the first one compiles.
///
/// @param ratio median wall time of later encrypted rounds by that of later unencrypted ones
/// @param leastRatio the smallest ratio of a pair of runs
/// @param mostRatio the largest ratio of a pair of runs
/// @param processorRatio the same ratio of processor time of all processes together
/// @param firstRatio of encrypted runs, the largest: the first round by the median of the later
///   ones
/// @param firstRatioUnencrypted the same of unencrypted runs
/// @param loadBefore the system's load average before the first run, -1 where it is not known
/// @param runs in the order in which they ran
public record RoundFigures(
    MachineFigures machine,
    int clients,
    long params,
    double unencryptedSeconds,
    double encryptedSeconds,
    double ratio,
    double leastRatio,
    double mostRatio,
    double unencryptedProcessorSeconds,
    double encryptedProcessorSeconds,
    double processorRatio,
    double firstRatio,
    double firstRatioUnencrypted,
    double loadBefore,
    List<Run> runs) {

  public RoundFigures {
    runs = List.copyOf(runs);
  }

  /// One round.
  ///
  /// @param seconds of wall time, from the end of the round before
  /// @param processorSeconds of all processes together
  public record Round(double seconds, double processorSeconds) {}

  /// One run.
  ///
  /// @param encryption the mode
  /// @param rounds the first one compiles
  public record Run(String encryption, boolean encrypted, List<Round> rounds) {
    public Run {
      rounds = List.copyOf(rounds);
    }

    private List<Round> later() {
      return rounds.subList(1, rounds.size());
    }

    private double firstRatio() {
      return rounds.getFirst().seconds() / median(later(), Round::seconds);
    }
  }

  static RoundFigures of(
      MachineFigures machine, RoundPlan plan, double loadBefore, List<Run> runs) {
    List<Run> plain = runs.stream().filter(run -> !run.encrypted()).toList();
    List<Run> encrypted = runs.stream().filter(Run::encrypted).toList();
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < plain.size(); i++) {
      ratios.add(
          median(encrypted.get(i).later(), Round::seconds)
              / median(plain.get(i).later(), Round::seconds));
    }
    List<Round> plainRounds = later(plain);
    List<Round> encryptedRounds = later(encrypted);
    double plainSeconds = median(plainRounds, Round::seconds);
    double encryptedSeconds = median(encryptedRounds, Round::seconds);
    double plainProcessor = median(plainRounds, Round::processorSeconds);
    double encryptedProcessor = median(encryptedRounds, Round::processorSeconds);
    return new RoundFigures(
        machine,
        plan.clients(),
        plan.params(),
        plainSeconds,
        encryptedSeconds,
        encryptedSeconds / plainSeconds,
        ratios.stream().min(Comparator.naturalOrder()).orElseThrow(),
        ratios.stream().max(Comparator.naturalOrder()).orElseThrow(),
        plainProcessor,
        encryptedProcessor,
        encryptedProcessor / plainProcessor,
        encrypted.stream().mapToDouble(Run::firstRatio).max().orElseThrow(),
        plain.stream().mapToDouble(Run::firstRatio).max().orElseThrow(),
        loadBefore,
        runs);
  }

  private static List<Round> later(List<Run> runs) {
    return runs.stream().flatMap(run -> run.later().stream()).toList();
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
