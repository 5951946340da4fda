package ai.cifer.secagg.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/// Processor time that this thread spends on a step, each time it does it. On a busy machine it
/// says more than the clock.
final class ProcessorTime {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final double NANOS_PER_MILLI = 1e6;

  private final List<Double> millis = new ArrayList<>();

  @FunctionalInterface
  interface Step<X extends Exception> {
    void run() throws X;
  }

  <X extends Exception> void measure(Step<X> step) throws X {
    long before = THREADS.getCurrentThreadCpuTime();
    step.run();
    add((THREADS.getCurrentThreadCpuTime() - before) / NANOS_PER_MILLI);
  }

  void add(double spent) {
    millis.add(spent);
  }

  double last() {
    return millis.getLast();
  }

  double medianMillis() {
    List<Double> sorted = millis.stream().sorted().toList();
    return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
  }
}
