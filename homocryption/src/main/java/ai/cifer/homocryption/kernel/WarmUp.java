package ai.cifer.homocryption.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Runs vector code on dummy data in the background until the JVM has compiled it.
///
/// Before that, every vector operation is a call and an object, a hundred times slower than scalar
/// code: a cold JVM would need seconds for its first million parameters. So the work goes to the
/// scalar twins until each vector twin was measured to be the faster one. The results are the same
/// bits, so the moment of the change shows in no result.
///
/// A process that computes little never pays for it: the thread starts when the scalar kernels have
/// done [#ENOUGH] butterflies, about 25 ms, or when [#start] is called. If the vector code does not
/// become faster within [#PATIENCE], the scalar kernels stay.
final class WarmUp {
  /// The same work on vector and scalar code.
  record Twins(String name, Runnable vector, Runnable scalar) {}

  private static final long ENOUGH = 20_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SAMPLES = 5;
  private static final Logger LOG = System.getLogger(WarmUp.class.getName());

  private final List<Twins> twins;
  private final AtomicLong work = new AtomicLong();
  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean ready;

  /// @param twins in ascending cost
  WarmUp(List<Twins> twins) {
    this.twins = twins;
  }

  /// Whether the vector code is compiled.
  boolean ready() {
    return ready;
  }

  /// Notes work of the scalar kernels.
  void worked(long butterflies) {
    if (work.addAndGet(butterflies) > ENOUGH) {
      start();
    }
  }

  /// Starts the warm-up if it was not started.
  void start() {
    if (!started.get() && started.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("cifer-kernel-warm-up").start(this::run);
    }
  }

  /// Starts the warm-up and waits for its end.
  void await() throws InterruptedException {
    start();
    over.await();
  }

  private void run() {
    try {
      long begin = System.nanoTime();
      ready = warm(begin + PATIENCE.toNanos());
      LOG.log(
          ready ? Level.DEBUG : Level.INFO,
          "vector kernels: {0} after {1} ms",
          ready ? "in use" : "not faster than the scalar ones, which stay in use",
          (System.nanoTime() - begin) / 1_000_000);
    } finally {
      over.countDown();
    }
  }

  /// Cheap twins first, so that what they share is compiled when the dear ones begin; then all once
  /// more, because code compiled for one case can be thrown away at the next.
  private boolean warm(long end) {
    for (int round = 0; round < 2; round++) {
      for (Twins each : twins) {
        // Some scalar loops are as fast, so a tie is enough.
        while (best(each.vector()) > 1.25 * best(each.scalar())) {
          if (System.nanoTime() > end) {
            LOG.log(Level.INFO, "vector kernels: {0} is slower than scalar", each.name());
            return false;
          }
        }
      }
    }
    return true;
  }

  private static long best(Runnable work) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < SAMPLES; i++) {
      long begin = System.nanoTime();
      work.run();
      best = Math.min(best, System.nanoTime() - begin);
    }
    return best;
  }
}
