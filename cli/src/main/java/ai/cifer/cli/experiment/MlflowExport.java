package ai.cifer.cli.experiment;

import ai.cifer.training.data.ReplacedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;

/// A run in the file layout of MLflow's tracking (`mlruns`): settings as parameters, figures as
/// metrics whose step is the round. Exporting a run again replaces it.
final class MlflowExport {
  private static final String EXPERIMENT = "0";
  private static final String NAME = "cifer";

  /// MLflow takes 250 characters, disks 255 bytes; a number may follow, and a draft adds its own.
  private static final int MAX_NAME = 200;

  /// Numbers that MLflow knows: an ended run, one that failed, and a source that is a local file.
  private static final int FINISHED = 3;

  private static final int FAILED = 4;
  private static final int LOCAL = 4;

  private MlflowExport() {}

  static void write(RunRecord record, Path out) throws IOException {
    Path experiment = Files.createDirectories(out.resolve(EXPERIMENT));
    long began = record.began().toEpochMilli();
    if (!Files.exists(experiment.resolve("meta.yaml"))) {
      write(
          experiment.resolve("meta.yaml"),
          """
          artifact_location: %s
          creation_time: %d
          experiment_id: '%s'
          last_update_time: %d
          lifecycle_stage: active
          name: %s
          """
              .formatted(quoted(experiment.toUri()), began, EXPERIMENT, began, NAME));
    }
    String id = id(record.run().run());
    Path run = experiment.resolve(id);
    for (String part : new String[] {"metrics", "params", "tags", "artifacts"}) {
      Files.createDirectories(run.resolve(part));
    }
    Set<String> taken = new HashSet<>();
    for (Map.Entry<String, String> setting : record.settings().entrySet()) {
      write(run.resolve("params").resolve(name(setting.getKey(), taken)), setting.getValue());
    }
    for (Series series : Series.of(record.run())) {
      metric(record, series, run.resolve("metrics").resolve(series.name()));
    }
    write(run.resolve("tags").resolve("mlflow.runName"), record.run().run());
    write(run.resolve("tags").resolve("model_sha256"), digest(record));
    long ended = record.ended().isEmpty() ? began : record.ended().getLast().toEpochMilli();
    // Last: a run without it is not there.
    write(
        run.resolve("meta.yaml"),
        """
        artifact_uri: %s
        end_time: %d
        entry_point_name: ''
        experiment_id: '%s'
        lifecycle_stage: active
        run_id: %s
        run_name: %s
        run_uuid: %s
        source_name: ''
        source_type: %d
        source_version: ''
        start_time: %d
        status: %d
        tags: []
        user_id: ''
        """
            .formatted(
                quoted(run.resolve("artifacts").toUri()),
                ended,
                EXPERIMENT,
                id,
                quoted(record.run().run()),
                id,
                LOCAL,
                began,
                record.run().reason() == null ? FINISHED : FAILED));
  }

  private static void write(Path file, String text) throws IOException {
    ReplacedFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /// The name of a parameter, which is that of a file, too: names of tensors and whatever else
  /// stands in a configuration may hold anything.
  ///
  /// @param taken those that there are; the name is added
  private static String name(String key, Set<String> taken) {
    String plain = key.replaceAll("[^A-Za-z0-9_.-]", "_");
    plain = plain.substring(0, Math.min(MAX_NAME, plain.length()));
    if (plain.replace(".", "").isEmpty()) {
      plain = "_" + plain;
    }
    String name = plain;
    for (int i = 2; !taken.add(name.toLowerCase(Locale.ROOT)); i++) {
      name = plain + "_" + i;
    }
    return name;
  }

  private static void metric(RunRecord record, Series series, Path file) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < series.values().size(); i++) {
      OptionalDouble value = series.values().get(i);
      if (value.isPresent()) {
        lines.append(
            "%d %s %d%n"
                .formatted(
                    record.ended().get(i).toEpochMilli(),
                    Double.toString(value.getAsDouble()),
                    record.run().rounds().get(i).round()));
      }
    }
    if (!lines.isEmpty()) {
      write(file, lines.toString().replace("\r\n", "\n"));
    }
  }

  private static String digest(RunRecord record) {
    String digest = record.run().modelSha256();
    return digest == null ? "" : digest;
  }

  /// MLflow's ids are 32 hexadecimal digits.
  private static String id(String run) {
    UUID id = UUID.nameUUIDFromBytes(run.getBytes(StandardCharsets.UTF_8));
    HexFormat hex = HexFormat.of();
    return (hex.toHexDigits(id.getMostSignificantBits())
            + hex.toHexDigits(id.getLeastSignificantBits()))
        .toLowerCase(Locale.ROOT);
  }

  private static String quoted(Object value) {
    return "'" + value.toString().replace("'", "''") + "'";
  }
}
