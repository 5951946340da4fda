package ai.cifer.cli.terminal;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// A terminal whose output stays in memory.
public final class Captured {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Charset charset;
  private final Terminal terminal;

  private Captured(Charset charset, boolean live, boolean coloured) {
    this.charset = charset;
    PrintStream outStream = new PrintStream(out, true, charset);
    PrintStream errStream = new PrintStream(err, true, charset);
    terminal =
        live ? Terminal.liveOf(outStream, errStream, coloured) : Terminal.of(outStream, errStream);
  }

  /// Like a file.
  public static Captured file() {
    return new Captured(StandardCharsets.UTF_8, false, false);
  }

  /// Like a file on a machine without Unicode.
  public static Captured asciiFile() {
    return new Captured(StandardCharsets.US_ASCII, false, false);
  }

  /// Like a terminal that somebody watches.
  public static Captured watched(boolean coloured) {
    return new Captured(StandardCharsets.UTF_8, true, coloured);
  }

  public Terminal terminal() {
    return terminal;
  }

  public String out() {
    return out.toString(charset).replace(System.lineSeparator(), "\n");
  }

  public String err() {
    return err.toString(charset).replace(System.lineSeparator(), "\n");
  }
}
