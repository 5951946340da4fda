package ai.cifer.cli.terminal;

import java.io.Console;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The two streams that the command writes to, and what the output can show.
///
/// Only whole lines are printed, and one status line may stand below them: it is taken away before
/// the next line and drawn again by whoever owns it. Safe for use by several threads.
public final class Terminal {

  private final PrintStream out;
  private final PrintStream err;
  private final boolean live;
  private final boolean coloured;
  private final Glyphs glyphs;
  private boolean statusShown;

  private Terminal(
      PrintStream out, PrintStream err, boolean live, boolean coloured, Glyphs glyphs) {
    this.out = out;
    this.err = err;
    this.live = live;
    this.coloured = coloured;
    this.glyphs = glyphs;
  }

  /// The process's own streams. Colours are used on a terminal unless the environment says
  /// `NO_COLOR` or `TERM=dumb`.
  ///
  /// @see <a href="https://no-color.org">NO_COLOR</a>
  public static Terminal ofSystem(Map<String, String> environment) {
    boolean live = isTerminal(1) && !"dumb".equals(environment.get("TERM"));
    boolean coloured = live && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(System.out, System.err, live, coloured, Glyphs.of(System.out.charset()));
  }

  /// Streams that are no terminal: files, pipes, tests.
  public static Terminal of(PrintStream out, PrintStream err) {
    return new Terminal(out, err, false, false, Glyphs.of(out.charset()));
  }

  /// A terminal that draws status lines and colours whatever the streams are.
  public static Terminal liveOf(PrintStream out, PrintStream err, boolean coloured) {
    return new Terminal(out, err, true, coloured, Glyphs.of(out.charset()));
  }

  /// The same errors with nothing on standard output, where only a JSON document may stand.
  public Terminal silent() {
    return new Terminal(
        new PrintStream(PrintStream.nullOutputStream(), false, out.charset()),
        err,
        false,
        false,
        glyphs);
  }

  // Linux tells for each stream what it is. Elsewhere the JDK knows only about both streams
  // together.
  @SuppressWarnings("SystemConsoleNull") // true of Java 22 to 24; the check does not know Java 25
  private static boolean isTerminal(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    if (Files.isSymbolicLink(link)) {
      try {
        String target = Files.readSymbolicLink(link).toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
      } catch (IOException unreadable) {
        return false;
      }
    }
    // Java 25 gives none where input or output is no terminal.
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  public Glyphs glyphs() {
    return glyphs;
  }

  /// Whether a person watches: status lines are drawn.
  public boolean live() {
    return live;
  }

  public boolean coloured() {
    return coloured;
  }

  /// Standard output for what a library prints, such as help.
  public PrintWriter outWriter() {
    return new PrintWriter(new OutputStreamWriter(out, out.charset()), true);
  }

  /// Standard error for what a library prints.
  public PrintWriter errWriter() {
    return new PrintWriter(new OutputStreamWriter(err, err.charset()), true);
  }

  public String paint(Colour colour, String text) {
    return coloured ? colour.paint(text) : text;
  }

  /// Prints a line to standard output, where results go.
  public synchronized void print(String line) {
    clearStatus();
    out.println(line);
    out.flush();
  }

  /// Prints a line to standard error, where errors and notes go.
  public synchronized void printError(String line) {
    clearStatus();
    err.println(line);
    err.flush();
  }

  /// Prints a line to standard error while another process may draw its status to the same
  /// terminal.
  public synchronized void printNote(String line) {
    printError((live ? "\r\033[K" : "") + line);
  }

  /// Prints the stack trace of `failure` to standard error.
  public synchronized void printTrace(Throwable failure) {
    clearStatus();
    failure.printStackTrace(err);
    err.flush();
  }

  /// Draws `text` below the last line, in place of the status before; nothing unless [#live()].
  synchronized void status(String text) {
    if (live) {
      out.print("\r\033[K" + text);
      out.flush();
      statusShown = true;
    }
  }

  /// Takes the status line away.
  public synchronized void clearStatus() {
    if (statusShown) {
      out.print("\r\033[K");
      out.flush();
      statusShown = false;
    }
  }
}
