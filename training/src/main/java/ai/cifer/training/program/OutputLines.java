package ai.cifer.training.program;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// The lines of a program's standard output, read by a thread of their own into a short queue: who
/// writes faster than it is listened to has to wait, and memory is bounded.
final class OutputLines {

  /// A line of the protocol has a few hundred bytes.
  static final int MOST_BYTES = 1 << 16;

  private static final int WAITING = 64;

  /// What the queue holds: a line, a line that is too long, or the end.
  sealed interface Item {
    record Line(String text) implements Item {}

    record TooLong() implements Item {}

    record End() implements Item {}
  }

  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(WAITING);
  private final InputStream in;
  private final Thread reader;

  private OutputLines(InputStream in) {
    this.in = in;
    this.reader = Thread.ofPlatform().daemon().name("trainer-output").unstarted(this::read);
  }

  static OutputLines of(InputStream in) {
    OutputLines lines = new OutputLines(in);
    lines.reader.start();
    return lines;
  }

  /// The next item, or empty if there is none within `nanos`.
  Optional<Item> next(long nanos) throws InterruptedException {
    return Optional.ofNullable(items.poll(nanos, TimeUnit.NANOSECONDS));
  }

  /// Ends the thread, whatever it waits for.
  void stop() {
    reader.interrupt();
  }

  private void read() {
    try {
      try (in) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] chunk = new byte[4096];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
          for (int i = 0; i < count; i++) {
            if (chunk[i] == '\n') {
              items.put(new Item.Line(line.toString(StandardCharsets.UTF_8)));
              line.reset();
            } else if (line.size() == MOST_BYTES) {
              items.put(new Item.TooLong());
              return;
            } else {
              line.write(chunk[i]);
            }
          }
        }
      } catch (IOException closed) {
        // The end all the same.
        items.put(new Item.End());
        return;
      }
      items.put(new Item.End());
    } catch (InterruptedException stopped) {
      // Nobody listens any more.
      Thread.currentThread().interrupt();
    }
  }
}
