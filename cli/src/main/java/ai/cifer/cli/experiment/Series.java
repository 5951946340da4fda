package ai.cifer.cli.experiment;

import ai.cifer.cli.history.RunDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/// One figure over the rounds of a run.
///
/// @param name as tools show it
/// @param values one for each completed round; absent where nothing was measured
public record Series(String name, List<OptionalDouble> values) {

  public Series {
    values = List.copyOf(values);
  }

  /// All figures of a run, whether measured or not.
  public static List<Series> of(RunDocument run) {
    List<Series> all = new ArrayList<>();
    all.add(
        quality(
            run, "accuracy", RunDocument.Quality::accuracy)); // on the coordinator's data, 0 to 1
    all.add(quality(run, "loss", RunDocument.Quality::loss));
    if (run.rounds().stream().anyMatch(round -> round.onClients() != null)) {
      all.add(onClients(run, "clients_accuracy", RunDocument.OnClients::accuracy));
      all.add(onClients(run, "clients_accuracy_spread", RunDocument.OnClients::spread));
      all.add(onClients(run, "clients_loss", RunDocument.OnClients::loss));
    }
    all.add(each(run, "clients_planned", round -> (double) round.planned().size()));
    all.add(each(run, "clients_actual", round -> (double) round.actual().size()));
    all.add(each(run, "upload_bytes_per_client", round -> (double) round.uploadBytesPerClient()));
    all.add(
        each(run, "download_bytes_per_client", round -> (double) round.downloadBytesPerClient()));
    all.add(each(run, "seconds_total", round -> round.seconds().total()));
    all.add(each(run, "seconds_train", round -> round.seconds().train()));
    all.add(each(run, "seconds_encrypt", round -> round.seconds().encrypt()));
    all.add(each(run, "seconds_aggregate", round -> round.seconds().aggregate()));
    all.add(each(run, "seconds_open", round -> round.seconds().open()));
    all.add(each(run, "seconds_evaluate", round -> round.seconds().evaluate()));
    if (run.rounds().stream().anyMatch(round -> round.epsilon() != null)) {
      all.add(
          new Series(
              "privacy_epsilon",
              run.rounds().stream()
                  .map(round -> {
                    Double epsilon = round.epsilon();
                    return epsilon == null ? OptionalDouble.empty() : OptionalDouble.of(epsilon);
                  })
                  .toList()));
    }
    return all;
  }

  private static Series quality(
      RunDocument run, String name, Function<RunDocument.Quality, Double> figure) {
    return new Series(
        name,
        run.rounds().stream()
            .map(round -> {
              RunDocument.Quality quality = round.quality();
              return quality == null
                  ? OptionalDouble.empty()
                  : OptionalDouble.of(figure.apply(quality));
            })
            .toList());
  }

  private static Series onClients(
      RunDocument run, String name, Function<RunDocument.OnClients, Double> figure) {
    return new Series(
        name,
        run.rounds().stream()
            .map(round -> {
              RunDocument.OnClients measured = round.onClients();
              return measured == null
                  ? OptionalDouble.empty()
                  : OptionalDouble.of(figure.apply(measured));
            })
            .toList());
  }

  private static Series each(
      RunDocument run, String name, Function<RunDocument.Round, Double> figure) {
    return new Series(
        name, run.rounds().stream().map(round -> OptionalDouble.of(figure.apply(round))).toList());
  }
}
