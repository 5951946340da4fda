package ai.cifer.cli.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/// What a run can be written as.
public enum ExportKind {
  CSV("rounds.csv"),
  JSON("run.json"),
  TENSORBOARD("tensorboard"),
  MLFLOW("mlruns");

  private final String file;

  ExportKind(String file) {
    this.file = file;
  }

  /// The name of what is written where none is given: a file, or for tools that read folders one of
  /// these.
  public String file() {
    return file;
  }

  /// Writes a run to `out`.
  public void write(RunRecord run, Path out) throws IOException {
    Path parent = out.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    switch (this) {
      case CSV -> CsvExport.write(run, out);
      case JSON -> JsonExport.write(run, out);
      case TENSORBOARD -> TensorBoardExport.write(run, out);
      case MLFLOW -> MlflowExport.write(run, out);
    }
  }

  /// @throws TypeConversionException if there is no such kind
  public static ExportKind of(String word) {
    return Arrays.stream(values())
        .filter(kind -> kind.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "%s (expected: %s)"
                    .formatted(
                        word,
                        Arrays.stream(values())
                            .map(ExportKind::word)
                            .collect(Collectors.joining(", ")))));
  }

  /// As the command line says it.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
