package ai.cifer.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The first messages of a call, which have to come in time: whoever opens calls and says nothing
/// costs memory.
final class Opening {
  static final Duration LIMIT = Duration.ofSeconds(10);

  private final CompletableFuture<Void> over = new CompletableFuture<>();

  private Opening() {}

  /// Fails a call whose opening is not over in time, on the coordinator's side.
  static Opening begin(Pipe<?, ?> pipe) {
    return begin(
        pipe,
        LIMIT,
        new Fault(
            Fault.Kind.INVALID,
            "the first message of a call did not come within " + LIMIT.toSeconds() + " s"));
  }

  /// Fails a call with `fault` if its opening is not over in time.
  static Opening begin(Pipe<?, ?> pipe, Duration limit, Fault fault) {
    var opening = new Opening();
    var _ =
        opening
            .over
            .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete((_, late) -> {
              if (late != null) {
                pipe.fail(fault);
              }
            });
    return opening;
  }

  /// Nothing of it is kept until the limit.
  void over() {
    over.complete(null);
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
