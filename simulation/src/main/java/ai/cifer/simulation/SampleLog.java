package ai.cifer.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The file `simulation.jsonl` in a run's folder: first what was simulated, then a line for each
/// round with its clients and what happened to them.
final class SampleLog {

  private static final String FILE = "simulation.jsonl";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;
  private final SimulationPlan plan;

  private SampleLog(Path file, SimulationPlan plan) {
    this.file = file;
    this.plan = plan;
  }

  /// @throws UncheckedIOException if the disk does not take it
  static SampleLog create(Path run, SimulationPlan plan) {
    SampleLog log = new SampleLog(run.resolve(FILE), plan);
    Map<String, Object> what = new LinkedHashMap<>();
    what.put("clients", plan.data().size());
    what.put("per_round", plan.server().roundClients());
    what.put("seed", plan.server().seed());
    what.put("dropout", plan.failures().dropout());
    what.put("delay", plan.failures().delays().toString());
    if (Double.isFinite(plan.failures().deadlineSeconds())) {
      what.put("deadline_seconds", plan.failures().deadlineSeconds());
    }
    log.write(what);
    return log;
  }

  void add(int round, Sample sample) {
    Map<String, Object> fates = new LinkedHashMap<>();
    sample
        .fates()
        .forEach((number, fate) -> {
          Map<String, Object> said = new LinkedHashMap<>();
          said.put("fate", fate.moment().name().toLowerCase(Locale.ROOT).replace('_', '-'));
          said.put("seconds", fate.delaySeconds());
          fates.put(plan.client(number), said);
        });
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("round", round);
    line.put("simulated_seconds", sample.seconds(plan.failures()));
    line.put("clients", fates);
    write(line);
  }

  private void write(Map<String, Object> line) {
    try {
      Files.writeString(
          file,
          JSON.writeValueAsString(line) + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
