package ai.cifer.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Finds the message with which a process ended in what it printed.
final class LastError {

  private static final String BEGINS = "error: ";

  private LastError() {}

  /// The message after the last `error: `, without the line that names the exit code; empty if the
  /// process said nothing.
  static String in(Path printed) throws IOException {
    if (!Files.exists(printed)) {
      return "";
    }
    // Whatever a process printed is shown, never refused for a byte that is no letter.
    List<String> lines =
        new String(Files.readAllBytes(printed), StandardCharsets.UTF_8).lines().toList();
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (lines.get(i).startsWith(BEGINS)) {
        StringBuilder message = new StringBuilder(lines.get(i).substring(BEGINS.length()));
        for (int j = i + 1; j < lines.size() && !lines.get(j).startsWith("(exit code"); j++) {
          message.append('\n').append(lines.get(j));
        }
        return message.toString();
      }
    }
    return "";
  }
}
