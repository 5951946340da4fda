package ai.cifer.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The peak memory of processes, looked up in `/proc` every 100 ms.
final class Memory implements AutoCloseable {
  private static final long PERIOD_MILLIS = 100;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final Supplier<List<ProcessHandle>> processes;
  private Peak peak = new Peak(0, 0, 0, 0);

  /// Peaks in bytes; each is the largest sum over all processes at one moment.
  ///
  /// @param own anonymous and shared memory: heap, direct memory, code, stacks
  /// @param mapped pages of mapped files, which the system may take back at any time
  /// @param all both together
  /// @param samples how often was looked
  record Peak(long own, long mapped, long all, int samples) {
    @Override
    public String toString() {
      return "%.0f MB own, %.0f MB mapped, %.0f MB together (%d samples)"
          .formatted(own / 1e6, mapped / 1e6, all / 1e6, samples);
    }
  }

  private Memory(Supplier<List<ProcessHandle>> processes) {
    this.processes = processes;
    var _ = clock.scheduleAtFixedRate(this::sample, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Watches one process.
  static Memory of(Cifer process) {
    return new Memory(() -> List.of(ProcessHandle.of(process.pid()).orElseThrow()));
  }

  /// Watches a process and all that it started.
  static Memory ofTree(Cifer process) {
    return new Memory(process::tree);
  }

  private synchronized void sample() {
    long own = 0;
    long mapped = 0;
    try {
      for (ProcessHandle process : processes.get()) {
        Map<String, Long> status = status(process.pid());
        own += status.getOrDefault("RssAnon", 0L) + status.getOrDefault("RssShmem", 0L);
        mapped += status.getOrDefault("RssFile", 0L);
      }
    } catch (IOException | java.util.NoSuchElementException ended) {
      return;
    }
    peak =
        new Peak(
            Math.max(peak.own, own),
            Math.max(peak.mapped, mapped),
            Math.max(peak.all, own + mapped),
            peak.samples + 1);
  }

  private static Map<String, Long> status(long pid) throws IOException {
    Map<String, Long> values = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
      String[] words = line.split("[:\\s]+", -1);
      if (words.length == 3 && words[2].equals("kB")) {
        values.put(words[0], 1024 * Long.parseLong(words[1]));
      }
    }
    return values;
  }

  synchronized Peak peak() {
    return peak;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
