package ai.cifer.cli.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The processes that this one has started; none outlives it.
///
/// However this process ends, they end: on success they are closed here, on Ctrl-C or SIGTERM by a
/// shutdown hook, and after SIGKILL by themselves, since they watch the process that started them.
public final class Children implements AutoCloseable {

  private static final long GRACE_SECONDS = 5;
  private static final long MOMENT_MILLIS = 500;
  private static final int SIGNALS = 128;

  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final BlockingQueue<Exit> exits = new LinkedBlockingQueue<>();
  private final Thread hook = new Thread(this::destroyAll, "cifer-children-end");
  private final CountDownLatch ending = new CountDownLatch(1);
  private boolean closed;

  public Children() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /// A process that has ended.
  ///
  /// @param code 128 and the number for one that a signal ended
  public record Exit(String name, int code) {

    public boolean bySignal() {
      return code > SIGNALS;
    }

    public int signal() {
      return code - SIGNALS;
    }
  }

  /// Starts a process.
  ///
  /// @throws IOException if the system starts none, or this process is ending
  public synchronized void start(
      String name, List<String> command, Redirect in, Redirect out, Redirect err)
      throws IOException {
    if (closed) {
      throw new IOException(name + ": not started, this process is ending");
    }
    Process process =
        new ProcessBuilder(command)
            .redirectInput(in)
            .redirectOutput(out)
            .redirectError(err)
            .start();
    processes.put(name, process);
    var _ = process.onExit().thenAccept(ended -> exits.add(new Exit(name, ended.exitValue())));
  }

  /// The next process that ends, waiting at most so long.
  public Optional<Exit> nextExit(long timeout, TimeUnit unit) throws InterruptedException {
    return Optional.ofNullable(exits.poll(timeout, unit));
  }

  /// Whether this process is ending or begins to within a moment: Ctrl-C reaches the children as
  /// soon as it reaches this process.
  public boolean isEnding() throws InterruptedException {
    return ending.await(MOMENT_MILLIS, TimeUnit.MILLISECONDS);
  }

  public synchronized boolean isAlive(String name) {
    Process process = processes.get(name);
    return process != null && process.isAlive();
  }

  /// Processor time of one that runs.
  ///
  /// @return empty where the system does not say, or the process has ended
  public synchronized Optional<Duration> processorTime(String name) {
    return Optional.ofNullable(processes.get(name))
        .flatMap(process -> process.info().totalCpuDuration());
  }

  /// Lets the rest end by itself for a while, then ends it.
  @Override
  public void close() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
    for (Process process : all()) {
      awaitExit(process, deadline - System.nanoTime());
    }
    destroyAll();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The hook is what is running.
      return;
    }
  }

  /// Ends all at once; those that do not obey are killed.
  public void destroyAll() {
    ending.countDown();
    List<Process> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(processes.values());
    }
    all.forEach(Process::destroy);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
    for (Process process : all) {
      if (!awaitExit(process, deadline - System.nanoTime())) {
        process.destroyForcibly();
      }
    }
  }

  private synchronized List<Process> all() {
    return List.copyOf(processes.values());
  }

  private static boolean awaitExit(Process process, long nanos) {
    try {
      return process.waitFor(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }
}
