package ai.cifer.fedlearn.train;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A program of the user's own that trains: it runs as a child process of the participant.
///
/// @param command the program and its arguments; started as they are, by no shell
/// @param folder its working directory
/// @param environment all variables that it sees
/// @param work where a private folder for model files is made; its disk needs room for three models
/// @param log gets what it writes to its standard error, up to a limit
/// @param patience it is ended when it says nothing for so long while it is waited for
public record TrainerProgram(
    List<String> command,
    Path folder,
    Map<String, String> environment,
    Path work,
    Path log,
    Duration patience) {

  public TrainerProgram {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("trainer: empty (expected: a program and its arguments)");
    }
  }

  /// Splits a command line at spaces. What stands between `"` or `'` stays together; nothing else
  /// is special, so there is nothing that a shell would have to expand.
  ///
  /// @throws IllegalArgumentException if a quote is not closed
  public static List<String> words(String commandLine) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean begun = false;
    char quote = 0;
    for (int i = 0; i < commandLine.length(); i++) {
      char character = commandLine.charAt(i);
      if (quote != 0 && character == quote) {
        quote = 0;
      } else if (quote != 0 || !isSpecial(character)) {
        word.append(character);
        begun = true;
      } else if (character == '"' || character == '\'') {
        quote = character;
        begun = true;
      } else if (begun) {
        words.add(word.toString());
        word.setLength(0);
        begun = false;
      }
    }
    if (quote != 0) {
      throw new IllegalArgumentException(
          "trainer: %s (expected: a second %c)".formatted(commandLine, quote));
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }

  private static boolean isSpecial(char character) {
    return character == '"' || character == '\'' || Character.isWhitespace(character);
  }

  /// The command as a person would type it, for messages.
  public String shown() {
    return String.join(" ", command);
  }

  /// Without the values of the environment, which may be secrets.
  @Override
  public String toString() {
    return "TrainerProgram[%s in %s, environment %s]"
        .formatted(shown(), folder, environment.keySet());
  }
}
