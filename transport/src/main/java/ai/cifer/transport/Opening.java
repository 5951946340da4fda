package ai.cifer.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The first messages of a call, which have to come in time: whoever opens calls and says nothing
/// costs memory.
final class Opening {
  static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Executor AFTER_LIMIT =
      CompletableFuture.delayedExecutor(LIMIT.toNanos(), TimeUnit.NANOSECONDS);

  private final Pipe<?, ?> pipe;
  private volatile boolean over;

  private Opening(Pipe<?, ?> pipe) {
    this.pipe = pipe;
  }

  /// Fails a call whose opening is not over in time.
  static Opening begin(Pipe<?, ?> pipe) {
    var opening = new Opening(pipe);
    AFTER_LIMIT.execute(opening::expire);
    return opening;
  }

  private void expire() {
    if (!over) {
      pipe.fail(
          new Fault(
              Fault.Kind.INVALID,
              "the first message of a call did not come within " + LIMIT.toSeconds() + " s"));
    }
  }

  void over() {
    over = true;
  }

  /// Takes the first message of a call that begins with one.
  static <I> @Nullable I take(Pipe<I, ?> pipe) throws IOException {
    Opening opening = begin(pipe);
    try {
      return pipe.take();
    } finally {
      opening.over();
    }
  }
}
