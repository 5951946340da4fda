package ai.cifer.cli.demo;

import ai.cifer.cli.history.RunDocument;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Table;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// The same run encrypted and unencrypted, side by side.
///
/// @param identical whether all models of both runs are the same, bit for bit
/// @param folder where both runs' certificates, data and initial model lie
public record Comparison(
    boolean identical, String folder, RunDocument encrypted, RunDocument plain) {

  static Comparison of(String folder, RunDocument encrypted, RunDocument plain) {
    return new Comparison(firstDifference(encrypted, plain).isEmpty(), folder, encrypted, plain);
  }

  /// The first round after which the two models differ; 0 if not even their number is the same.
  private static OptionalInt firstDifference(RunDocument encrypted, RunDocument plain) {
    List<RunDocument.Round> one = encrypted.rounds();
    List<RunDocument.Round> other = plain.rounds();
    if (one.isEmpty() || one.size() != other.size()) {
      return OptionalInt.of(0);
    }
    for (int i = 0; i < one.size(); i++) {
      if (!one.get(i).modelSha256().equals(other.get(i).modelSha256())) {
        return OptionalInt.of(one.get(i).round());
      }
    }
    return OptionalInt.empty();
  }

  /// The first round after which the models differ, for a person.
  String difference() {
    int round = firstDifference(encrypted, plain).orElse(0);
    return round == 0
        ? "the runs completed different numbers of rounds: %d and %d"
            .formatted(encrypted.roundsCompleted(), plain.roundsCompleted())
        : "the models differ since round " + round;
  }

  List<String> lines() {
    Table table = new Table("", ">" + encrypted.encryption(), ">" + plain.encryption());
    table.row("accuracy", accuracy(encrypted.last()), accuracy(plain.last()));
    table.row("loss", loss(encrypted.last()), loss(plain.last()));
    row(table, "seconds, all rounds", RunDocument.Seconds::total);
    row(table, "  train (slowest client)", RunDocument.Seconds::train);
    row(table, "  encrypt (slowest client)", RunDocument.Seconds::encrypt);
    row(table, "  aggregate", RunDocument.Seconds::aggregate);
    row(table, "  open", RunDocument.Seconds::open);
    row(table, "  evaluate", RunDocument.Seconds::evaluate);
    table.row(
        "up per client and round",
        Figures.bytes(encrypted.uploadBytesPerClient()),
        Figures.bytes(plain.uploadBytesPerClient()));
    table.row(
        "  times float32",
        Figures.ratio(encrypted.uploadRatio()),
        Figures.ratio(plain.uploadRatio()));
    table.row(
        "down per client and round",
        Figures.bytes(encrypted.downloadBytesPerClient()),
        Figures.bytes(plain.downloadBytesPerClient()));
    table.row("model, sha-256", digest(encrypted), digest(plain));
    return table.lines();
  }

  private void row(Table table, String label, ToDoubleFunction<RunDocument.Seconds> stage) {
    table.row(label, sum(encrypted, stage), sum(plain, stage));
  }

  private static String sum(RunDocument run, ToDoubleFunction<RunDocument.Seconds> stage) {
    return Figures.seconds(
        run.rounds().stream().map(RunDocument.Round::seconds).mapToDouble(stage).sum());
  }

  private static String accuracy(RunDocument.@Nullable Quality quality) {
    return quality == null ? "-" : Figures.percent(quality.accuracy());
  }

  private static String loss(RunDocument.@Nullable Quality quality) {
    return quality == null ? "-" : Figures.loss(quality.loss());
  }

  private static String digest(RunDocument run) {
    String digest = Objects.requireNonNullElse(run.modelSha256(), "-");
    return digest.length() <= 12 ? digest : digest.substring(0, 12);
  }
}
