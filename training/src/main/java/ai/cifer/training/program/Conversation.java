package ai.cifer.training.program;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainerFailed;
import ai.cifer.fedlearn.train.TrainerProgram;
import ai.cifer.fedlearn.train.TrainingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Requests to a program and its answers, over as many processes as it takes.
final class Conversation implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Conversation.class.getName());

  /// Of the protocol.
  static final int VERSION = 1;

  /// A program that ends twice over one request would end a third time.
  private static final int MOST_TRIES = 2;

  private final TrainerProgram program;
  private final Map<String, Object> hello;
  private ChildProgram child;
  private ChildMessage.Ready ready;

  private Conversation(
      TrainerProgram program,
      Map<String, Object> hello,
      ChildProgram child,
      ChildMessage.Ready ready) {
    this.program = program;
    this.hello = hello;
    this.child = child;
    this.ready = ready;
  }

  /// Starts the program and waits until it is ready.
  ///
  /// @param purpose members of the first request
  static Conversation start(TrainerProgram program, Map<String, Object> purpose)
      throws TrainerFailed {
    Map<String, Object> hello = new LinkedHashMap<>();
    hello.put("type", "hello");
    hello.put("protocol", VERSION);
    hello.put("formats", ProgramFiles.names());
    hello.putAll(purpose);
    ChildProgram child = ChildProgram.start(program);
    return new Conversation(program, hello, child, greet(child, hello));
  }

  private static ChildMessage.Ready greet(ChildProgram child, Map<String, Object> hello)
      throws TrainerFailed {
    try {
      child.send(hello);
      while (true) {
        switch (child.receive("got ready")) {
          case ChildMessage.Ready ready -> {
            require(child, ready);
            return ready;
          }
          case ChildMessage.Advance _ -> {
            // Loading data may take long.
          }
          case ChildMessage.Failed(String message) ->
              throw child.violation("failed: " + Excerpt.of(message));
          case ChildMessage.Done _ -> throw child.violation("done before it was ready");
        }
      }
    } catch (ChildEnded ended) {
      child.close();
      throw new TrainerFailed(String.valueOf(ended.getMessage()), ended);
    } catch (TrainerFailed failure) {
      child.close();
      throw failure;
    } catch (InterruptedException interrupted) {
      child.close();
      throw interrupted(interrupted);
    }
  }

  private static void require(ChildProgram child, ChildMessage.Ready ready)
      throws TrainerFailed, InterruptedException {
    if (ready.protocol() != VERSION) {
      throw child.violation(
          "protocol: %d (expected: %d; take the cifer_trainer.py of this version)"
              .formatted(ready.protocol(), VERSION));
    }
    if (!ProgramFiles.names().contains(ready.format())) {
      throw child.violation(
          "format: %s (expected: one of %s)"
              .formatted(Excerpt.of(ready.format()), ProgramFiles.names()));
    }
  }

  /// What the program said when it was started last.
  ChildMessage.Ready ready() {
    return ready;
  }

  /// Has the program do something.
  ///
  /// @param doing what it does, for messages
  ChildMessage.Done ask(Map<String, Object> request, String doing, Trainer.Progress progress)
      throws TrainerFailed {
    for (int attempt = 1; ; attempt++) {
      try {
        if (!child.isAlive()) {
          restart("it has ended since it was last asked");
        }
        child.send(request);
        return answer(doing, progress);
      } catch (ChildEnded ended) {
        if (attempt == MOST_TRIES) {
          throw new TrainerFailed(String.valueOf(ended.getMessage()), ended);
        }
        restart(String.valueOf(ended.getMessage()));
      } catch (InterruptedException interrupted) {
        child.close();
        throw interrupted(interrupted);
      }
    }
  }

  private ChildMessage.Done answer(String doing, Trainer.Progress progress)
      throws TrainerFailed, ChildEnded, InterruptedException {
    while (true) {
      switch (child.receive(doing)) {
        case ChildMessage.Advance(long done, long total) -> progress.at(done, total);
        case ChildMessage.Done done -> {
          return done;
        }
        case ChildMessage.Failed(String message) ->
            throw new TrainerFailed(
                "trainer: %s: failed while it %s: %s; all that it wrote is in %s"
                    .formatted(program.shown(), doing, Excerpt.of(message), program.log()));
        case ChildMessage.Ready _ -> throw child.violation("ready twice");
      }
    }
  }

  private void restart(String reason) throws TrainerFailed {
    LOG.log(
        System.Logger.Level.WARNING,
        "{0}\nit is started again and given the same request, with the same seed",
        reason);
    child.close();
    child = ChildProgram.start(program);
    ready = greet(child, hello);
  }

  /// Opens a model that the program was to write.
  GlobalModel result(Path file) throws TrainerFailed {
    if (!Files.isRegularFile(file)) {
      throw refused("done, but it wrote no %s (expected: its model there)".formatted(file));
    }
    try {
      return ProgramFiles.read(file);
    } catch (TrainingException malformed) {
      throw refused(String.valueOf(malformed.getMessage()));
    }
  }

  TrainerFailed refused(String fact) throws TrainerFailed {
    try {
      return child.violation(fact);
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    }
  }

  /// 0 to 2^32 - 1, which generators of every framework take; a bijection of 64 bits [Steele et
  /// al., 2014, SplitMix64], of which the upper half is taken.
  static long seed(long seed) {
    long z = (seed ^ (seed >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (z ^ (z >>> 31)) >>> 32;
  }

  private static TrainerFailed interrupted(InterruptedException interrupted) {
    Thread.currentThread().interrupt();
    return new TrainerFailed("trainer: interrupted", interrupted);
  }

  @Override
  public void close() {
    child.close();
  }
}
