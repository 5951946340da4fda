package ai.cifer.homocryption.rns;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Runs the same work for every row of a polynomial, on the caller's thread alone or together with
/// the threads of an executor.
///
/// The caller takes rows like every helper and waits only for rows that somebody has begun, so an
/// executor that is busy, or that runs this very caller, cannot block it.
public final class Rows {
  /// The caller's thread alone.
  public static final Rows SEQUENTIAL = new Rows(null, 1);

  private final @Nullable Executor executor;
  private final int parallelism;

  private Rows(@Nullable Executor executor, int parallelism) {
    this.executor = executor;
    this.parallelism = parallelism;
  }

  /// The caller's thread and up to `parallelism - 1` tasks of an executor.
  public static Rows on(Executor executor, int parallelism) {
    return parallelism <= 1 ? SEQUENTIAL : new Rows(executor, parallelism);
  }

  /// Calls `work` once for each row in `[0, count)`; on return all are done.
  public void each(int count, IntConsumer work) {
    if (executor == null || count <= 1) {
      for (int i = 0; i < count; i++) {
        work.accept(i);
      }
      return;
    }
    var run = new Run(count, work);
    try {
      for (int i = 1; i < Math.min(parallelism, count); i++) {
        executor.execute(run);
      }
    } catch (RejectedExecutionException e) {
      // The caller does what is left.
      run.run();
    }
    run.run();
    run.await();
  }

  private static final class Run implements Runnable {
    private final int count;
    private final IntConsumer work;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch done;
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    Run(int count, IntConsumer work) {
      this.count = count;
      this.work = work;
      this.done = new CountDownLatch(count);
    }

    @Override
    public void run() {
      for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
        try {
          work.accept(i);
        } catch (RuntimeException e) {
          failure.compareAndSet(null, e);
        } finally {
          done.countDown();
        }
      }
    }

    void await() {
      boolean interrupted = false;
      while (true) {
        try {
          done.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      RuntimeException cause = failure.get();
      if (cause != null) {
        throw cause;
      }
    }
  }
}
