package ai.cifer.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// What a person is told of a command line that is not understood.
final class UsageError {

  private UsageError() {}

  /// The fact in lower case, and the nearest known words.
  static String message(ParameterException failure) {
    if (failure instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched);
    }
    String text = String.valueOf(failure.getMessage()).strip();
    return text.isEmpty()
        ? "not understood"
        : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }

  private static String unmatched(UnmatchedArgumentException failure) {
    String word = failure.getUnmatched().getFirst();
    CommandSpec command = failure.getCommandLine().getCommandSpec();
    boolean option = word.startsWith("-");
    String known = option ? word.split("=", 2)[0] : word;
    List<String> nearest =
        nearest(known, option ? options(command) : command.subcommands().keySet());
    return "unknown %s: %s%s"
        .formatted(
            option ? "option" : command.subcommands().isEmpty() ? "argument" : "command",
            known,
            nearest.isEmpty() ? "" : " (did you mean %s?)".formatted(String.join(" or ", nearest)));
  }

  private static List<String> options(CommandSpec command) {
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, ? extends ArgSpec> option : command.optionsMap().entrySet()) {
      if (!option.getValue().hidden()) {
        names.add(option.getKey());
      }
    }
    return names;
  }

  /// The known words with the smallest edit distance, if that is small enough to be a slip.
  static List<String> nearest(String word, Collection<String> known) {
    Map<Integer, List<String>> byDistance = new TreeMap<>(Comparator.naturalOrder());
    for (String candidate : known) {
      byDistance.computeIfAbsent(distance(word, candidate), _ -> new ArrayList<>()).add(candidate);
    }
    int allowed = Math.max(2, word.replace("-", "").length() / 2);
    return byDistance.entrySet().stream()
        .filter(entry -> entry.getKey() <= allowed)
        .findFirst()
        .map(Map.Entry::getValue)
        .orElse(List.of());
  }

  /// Levenshtein's distance, in one row.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
