package ai.cifer.cli.experiment;

import ai.cifer.cli.history.Json;
import ai.cifer.cli.history.RunDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;

/// A run as the document of `cifer runs show --format json`, with its settings.
final class JsonExport {

  private record Document(String began, SortedMap<String, String> settings, RunDocument run) {}

  private JsonExport() {}

  static void write(RunRecord record, Path out) throws IOException {
    Json.write(new Document(record.began().toString(), record.settings(), record.run()), out);
  }
}
