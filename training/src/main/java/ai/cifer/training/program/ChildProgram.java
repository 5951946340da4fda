package ai.cifer.training.program;

import ai.cifer.fedlearn.train.TrainerFailed;
import ai.cifer.fedlearn.train.TrainerProgram;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A running program: requests go to its standard input, one JSON object a line, answers come from
/// its standard output.
///
/// What it started itself ends with it: whatever descends from it at the end, or did when it was
/// looked at, once a second. A process that leaves the family between two looks, as daemons do by
/// forking twice, is not seen and stays.
final class ChildProgram implements AutoCloseable {

  /// So long a program that was told to stop may take, for example to write a file.
  private static final Duration STOP = Duration.ofSeconds(5);

  /// What a program that ended wrote to its standard error arrives within this.
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  /// So long it is tried to end what it started. A process that is killed is gone within moments;
  /// one that waits for a broken disk is not.
  private static final Duration END = Duration.ofSeconds(5);

  /// How often it is looked at which processes it has started.
  private static final long LOOK_NANOS = 1_000_000_000;

  private final TrainerProgram program;
  private final Process process;
  private final OutputStream in;
  private final OutputLines out;
  private final ErrorLog err;
  private final Thread hook = new Thread(this::kill, "trainer-end");
  private final Set<ProcessHandle> started = new HashSet<>();

  /// What ended. The system still lists it until its parent asks how: where this process is the
  /// first of a container, orphans become its children, and nobody asks.
  private final Set<ProcessHandle> ended = new HashSet<>();

  private ChildProgram(TrainerProgram program, Process process) {
    this.program = program;
    this.process = process;
    this.in = process.getOutputStream();
    this.out = OutputLines.of(process.getInputStream());
    this.err = ErrorLog.of(program.log(), process.getErrorStream());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  static ChildProgram start(TrainerProgram program) throws TrainerFailed {
    ProcessBuilder builder =
        new ProcessBuilder(program.command()).directory(program.folder().toFile());
    builder.environment().clear();
    builder.environment().putAll(program.environment());
    try {
      return new ChildProgram(program, builder.start());
    } catch (IOException absent) {
      throw new TrainerFailed(
          "trainer: %s: cannot be started in %s: %s (expected: a program on the PATH, or its path)"
              .formatted(program.shown(), program.folder(), absent.getMessage()),
          absent);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Sends a request. What was said before without being asked must have been progress only.
  void send(Map<String, ?> request) throws TrainerFailed, ChildEnded, InterruptedException {
    for (var item = out.next(0); item.isPresent(); item = out.next(0)) {
      if (!(item.get() instanceof OutputLines.Item.Line(String line))) {
        throw ended("waited for a request");
      }
      if (!(parse(line) instanceof ChildMessage.Advance)) {
        throw violation("it said %s without being asked".formatted(Excerpt.of(line)));
      }
    }
    byte[] line =
        (ChildMessage.JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      in.write(line);
      in.flush();
    } catch (IOException broken) {
      throw ended("was sent a request");
    }
  }

  /// Waits for the next message.
  ///
  /// @param doing what it is doing, for messages
  ChildMessage receive(String doing) throws TrainerFailed, ChildEnded, InterruptedException {
    long start = System.nanoTime();
    long patience = program.patience().toNanos();
    while (true) {
      long left = patience - (System.nanoTime() - start);
      if (left <= 0) {
        kill();
        throw new TrainerFailed(
            "trainer: %s: silent for %s s while it %s (expected: a line of progress now and then, or a longer patience in the configuration)%s"
                .formatted(
                    program.shown(),
                    program.patience().toMillis() / 1000.0,
                    doing,
                    err.lastWords(LAST_WORDS)));
      }
      process.descendants().forEach(started::add);
      Optional<OutputLines.Item> item = out.next(Math.min(left, LOOK_NANOS));
      if (item.isPresent()) {
        return switch (item.get()) {
          case OutputLines.Item.Line(String line) -> parse(line);
          case OutputLines.Item.TooLong _ ->
              throw violation(
                  "a line of more than %d bytes (expected: one short JSON object a line)"
                      .formatted(OutputLines.MOST_BYTES));
          case OutputLines.Item.End _ -> throw ended(doing);
        };
      }
    }
  }

  private ChildMessage parse(String line) throws TrainerFailed, InterruptedException {
    try {
      return ChildMessage.parse(line);
    } catch (TrainerFailed malformed) {
      throw violation(String.valueOf(malformed.getMessage()));
    }
  }

  /// Ends it for what it did.
  TrainerFailed violation(String fact) throws InterruptedException {
    kill();
    return new TrainerFailed(
        "trainer: %s: %s; see docs/reference-trainer-protocol.md%s"
            .formatted(program.shown(), fact, err.lastWords(LAST_WORDS)));
  }

  private ChildEnded ended(String doing) throws InterruptedException {
    boolean byItself = process.waitFor(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
    kill();
    String fact =
        byItself ? "ended with code " + process.exitValue() : "closed its standard output";
    return new ChildEnded(
        "trainer: %s: %s while it %s; all that it wrote is in %s%s"
            .formatted(program.shown(), fact, doing, program.log(), err.lastWords(LAST_WORDS)));
  }

  /// Asks it to stop, and ends what does not.
  @Override
  public void close() {
    try {
      if (process.isAlive()) {
        process.descendants().forEach(started::add);
        in.write("{\"type\":\"stop\"}\n".getBytes(StandardCharsets.UTF_8));
        in.close();
        process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (IOException ended) {
      System.getLogger(ChildProgram.class.getName())
          .log(System.Logger.Level.DEBUG, "the trainer ended before it was told to", ended);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      kill();
      err.awaitEnd(LAST_WORDS);
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException ending) {
        System.getLogger(ChildProgram.class.getName())
            .log(System.Logger.Level.DEBUG, "the trainer ends with this process", ending);
      }
    }
  }

  /// Ends it and all that it started.
  private synchronized void kill() {
    out.stop();
    long begin = System.nanoTime();
    List<ProcessHandle> alive = alive();
    while (!alive.isEmpty() && System.nanoTime() - begin < END.toNanos()) {
      alive.forEach(ProcessHandle::destroyForcibly);
      awaitEnd(alive);
      alive = alive();
    }
    if (!alive.isEmpty()) {
      System.getLogger(ChildProgram.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "trainer {0}: processes {1} were told to end and did not within {2} s",
              program.shown(),
              alive.stream().map(each -> Long.toString(each.pid())).toList(),
              END.toSeconds());
    }
  }

  private void awaitEnd(List<ProcessHandle> killed) {
    List<CompletableFuture<ProcessHandle>> ends =
        killed.stream().map(ProcessHandle::onExit).toList();
    var all = CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
    all.completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
    for (int i = 0; i < ends.size(); i++) {
      if (ends.get(i).isDone()) {
        ended.add(killed.get(i));
      }
    }
  }

  private List<ProcessHandle> alive() {
    return Stream.of(Stream.of(process.toHandle()), process.descendants(), started.stream())
        .flatMap(all -> all)
        .filter(each -> each.isAlive() && !ended.contains(each))
        .distinct()
        .toList();
  }
}
