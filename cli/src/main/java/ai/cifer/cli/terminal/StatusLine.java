package ai.cifer.cli.terminal;

import java.util.function.Supplier;

/// Keeps one line below the output up to date while something takes long; draws only on a terminal.
///
/// Whoever owns it says what to show; an empty text shows nothing.
public final class StatusLine implements AutoCloseable {

  private static final long REDRAW_MILLIS = 200;
  // A line that wraps could not be taken away again.
  private static final int WIDTH = 79;

  private final Terminal terminal;
  private final Supplier<String> text;
  private boolean closed;

  private StatusLine(Terminal terminal, Supplier<String> text) {
    this.terminal = terminal;
    this.text = text;
  }

  /// Starts drawing what `text` gives, several times a second, until closed.
  public static StatusLine start(Terminal terminal, Supplier<String> text) {
    StatusLine line = new StatusLine(terminal, text);
    if (terminal.live()) {
      Thread.ofPlatform().daemon().name("cifer-status").start(line::drawUntilClosed);
    }
    return line;
  }

  private synchronized void drawUntilClosed() {
    try {
      while (!closed) {
        draw();
        wait(REDRAW_MILLIS);
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void draw() {
    String line = text.get();
    if (line.isEmpty()) {
      terminal.clearStatus();
    } else {
      terminal.status(line.length() <= WIDTH ? line : line.substring(0, WIDTH));
    }
  }

  /// `████░░░░ 50 %`, for a share from 0 to 1.
  public static String bar(Glyphs glyphs, double share, int width) {
    double within = Math.clamp(share, 0, 1);
    int done = (int) Math.round(within * width);
    return "%s%s %3d %%"
        .formatted(
            glyphs.done().repeat(done),
            glyphs.open().repeat(width - done),
            (int) Math.floor(100 * within));
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    terminal.clearStatus();
  }
}
