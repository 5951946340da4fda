package ai.cifer.homocryption.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Runs vector code on dummy data in the background until the JVM has compiled it.
///
/// Before that, every vector operation is a call and an object, a hundred times slower than scalar
/// code: a cold JVM would need seconds for its first million parameters. So the work goes to the
/// scalar twins until each vector twin of the same kind was measured to be compiled. The results
/// are the same bits, so the moment of the change shows in no result.
///
/// A process that computes little never pays for it: a kind is warmed when the scalar kernels have
/// worked long enough for it, see [Kind], or when [#start] is called. A kind of which one twin is
/// not compiled within [#PATIENCE] stays scalar.
final class WarmUp {
  /// Kernels that change to vector code together, in the order in which they are warmed.
  enum Kind {
    /// What a client does to its update; its transforms are the forward ones of [#SHORT_DEGREE].
    MASKING(ABOUT_AS_LONG_AS_COMPILING),
    /// What a coordinator does to a sum; its transforms are the inverse ones of [#SHORT_DEGREE].
    OPENING(ABOUT_AS_LONG_AS_COMPILING),
    /// All other transforms.
    TRANSFORMS(A_MOMENT),
    /// What CKKS does besides.
    CKKS(A_MOMENT);

    private final long enough;

    Kind(long enough) {
      this.enough = enough;
    }

    /// What whoever needs this kind needs soon.
    private Set<Kind> together() {
      return this == MASKING || this == OPENING ? Set.of(this) : EnumSet.of(TRANSFORMS, CKKS);
    }
  }

  /// The degree of the usual profiles of the aggregation scheme.
  static final int SHORT_DEGREE = 4096;

  /// The same work on vector and scalar code.
  record Twins(String name, Runnable vector, Runnable scalar) {}

  /// In butterflies of 1.2 ns. Compiling takes 2 to 3 s of processor time, which a round of a model
  /// of ten million parameters does not win back: with many clients on one machine it would cost
  /// more than all the rest. Begun when scalar code has cost about as much, it never more than
  /// doubles what the best moment would have cost, however long the process lives.
  private static final long ABOUT_AS_LONG_AS_COMPILING = 800_000_000;

  /// About 25 ms: whoever computes on ciphertexts goes on computing.
  private static final long A_MOMENT = 20_000_000;

  /// For each twin, by the clock; a busy machine compiles slowly.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Compiled vector code is faster than scalar code, or equal where C2 makes vector code of both;
  /// before, it is slower by a factor of ten at least.
  private static final double COMPILED = 2;

  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final int SAMPLES = 5;
  private static final Logger LOG = System.getLogger(WarmUp.class.getName());

  private final Map<Kind, List<Twins>> twins;
  private final Map<Kind, AtomicLong> work = new EnumMap<>(Kind.class);
  private final Map<Kind, CountDownLatch> over = new EnumMap<>(Kind.class);

  /// Guarded by itself.
  private final Set<Kind> started = EnumSet.noneOf(Kind.class);

  /// One after another, because they compile the same methods.
  private final ReentrantLock warming = new ReentrantLock();

  /// Replaced, never changed.
  private volatile Set<Kind> ready = Set.of();

  /// @param twins of each kind, in ascending cost
  WarmUp(Map<Kind, List<Twins>> twins) {
    this.twins = new EnumMap<>(twins);
    for (Kind kind : Kind.values()) {
      work.put(kind, new AtomicLong());
      over.put(kind, new CountDownLatch(1));
    }
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
  void worked(Kind kind, long butterflies) {
    if (counter(kind).addAndGet(butterflies) > kind.enough && !isOver(kind)) {
      start(kind.together());
    }
  }

  private AtomicLong counter(Kind kind) {
    return Objects.requireNonNull(work.get(kind));
  }

  private CountDownLatch latch(Kind kind) {
    return Objects.requireNonNull(over.get(kind));
  }

  /// Warmed, or given up.
  private boolean isOver(Kind kind) {
    return latch(kind).getCount() == 0;
  }

  /// Starts to warm what was not started.
  void start(Set<Kind> kinds) {
    Set<Kind> fresh = EnumSet.copyOf(kinds);
    synchronized (started) {
      fresh.removeAll(started);
      started.addAll(fresh);
    }
    if (!fresh.isEmpty()) {
      Thread.ofPlatform().daemon().name("cifer-kernel-warm-up").start(() -> run(fresh));
    }
  }

  /// Warms all kinds and waits for the end.
  void await() throws InterruptedException {
    start(EnumSet.allOf(Kind.class));
    for (CountDownLatch each : over.values()) {
      each.await();
    }
  }

  private void run(Set<Kind> kinds) {
    warming.lock();
    try {
      long begin = System.nanoTime();
      for (Kind kind : kinds) {
        if (warm(twins.getOrDefault(kind, List.of()))) {
          Set<Kind> more = EnumSet.of(kind);
          more.addAll(ready);
          ready = Collections.unmodifiableSet(more);
          long millis = (System.nanoTime() - begin) / 1_000_000;
          LOG.log(Level.DEBUG, "vector kernels in use after {1} ms: {0}", kind, millis);
        }
      }
    } finally {
      warming.unlock();
      kinds.forEach(kind -> latch(kind).countDown());
    }
  }

  /// Cheap twins first, so that what they share is compiled when the dear ones begin; then all once
  /// more, because code compiled for one case can be thrown away at the next.
  private static boolean warm(List<Twins> twins) {
    for (int round = 0; round < 2; round++) {
      for (Twins each : twins) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (best(each.vector()) > COMPILED * best(each.scalar())) {
          // The compiler works on threads of its own: to go on without a break would only take the
          // processor from it.
          LockSupport.parkNanos(PAUSE.toNanos());
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
