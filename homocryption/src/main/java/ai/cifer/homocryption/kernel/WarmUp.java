package ai.cifer.homocryption.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Runs vector code on dummy data in the background until the JVM has compiled it.
///
/// Before that, every vector operation is a call and an object, a hundred times slower than scalar
/// code: a cold JVM would need seconds for its first million parameters. So the work goes to the
/// scalar twins until each vector twin of the same kind was measured to be compiled. The results
/// are the same bits, so the moment of the change shows in no result.
///
/// A process that computes little never pays for it: the thread starts when the scalar kernels have
/// done [#ENOUGH] butterflies, about 25 ms, or when [#start] is called. A kind of which one twin is
/// not compiled within [#PATIENCE] stays scalar.
final class WarmUp {
  /// Kernels that change to vector code together, in the order in which they are warmed.
  enum Kind {
    TRANSFORMS,
    MASKING,
    CKKS
  }

  /// The same work on vector and scalar code.
  record Twins(String name, Runnable vector, Runnable scalar) {}

  private static final long ENOUGH = 20_000_000;

  /// For each twin, by the clock; a busy machine compiles slowly.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Compiled vector code is faster than scalar code, or equal where C2 makes vector code of both;
  /// before, it is slower by a factor of ten at least.
  private static final double COMPILED = 2;

  private static final int SAMPLES = 5;
  private static final Logger LOG = System.getLogger(WarmUp.class.getName());

  private final Map<Kind, List<Twins>> twins;
  private final AtomicLong work = new AtomicLong();
  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);

  /// Replaced, never changed.
  private volatile Set<Kind> ready = Set.of();

  /// @param twins of each kind, in ascending cost
  WarmUp(Map<Kind, List<Twins>> twins) {
    this.twins = new EnumMap<>(twins);
  }

  /// Whether the vector code of a kind is compiled.
  boolean ready(Kind kind) {
    return ready.contains(kind);
  }

  /// The kinds whose vector code is compiled.
  Set<Kind> ready() {
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
      twins.forEach((kind, ofKind) -> {
        if (warm(ofKind)) {
          Set<Kind> more = EnumSet.of(kind);
          more.addAll(ready);
          ready = Collections.unmodifiableSet(more);
          long millis = (System.nanoTime() - begin) / 1_000_000;
          LOG.log(Level.DEBUG, "vector kernels in use after {1} ms: {0}", kind, millis);
        }
      });
    } finally {
      over.countDown();
    }
  }

  /// Cheap twins first, so that what they share is compiled when the dear ones begin; then all once
  /// more, because code compiled for one case can be thrown away at the next.
  private static boolean warm(List<Twins> twins) {
    for (int round = 0; round < 2; round++) {
      for (Twins each : twins) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (best(each.vector()) > COMPILED * best(each.scalar())) {
          if (System.nanoTime() > end) {
            LOG.log(
                Level.INFO,
                "scalar kernels stay in use: the vector twin is not compiled after {1} s: {0}",
                each.name(),
                PATIENCE.toSeconds());
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
