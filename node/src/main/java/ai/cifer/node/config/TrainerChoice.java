package ai.cifer.node.config;

import ai.cifer.fedlearn.train.TrainerProgram;
import ai.cifer.node.NodeException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// What trains or evaluates.
///
/// @param words the name of a provider, otherwise a command line
/// @param folder the working directory of the command
/// @param environment all variables that the command sees
public record TrainerChoice(String words, Path folder, Map<String, String> environment) {

  static final Set<String> KEYS = Set.of("trainer", "trainer_folder", "trainer_environment");

  /// Windows starts no program without it.
  private static final String SYSTEM_ROOT = "SystemRoot";

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(=.*)?");

  static TrainerChoice from(Settings settings) throws NodeException {
    String words = settings.text("trainer").orElse("djl");
    try {
      List<String> _ = TrainerProgram.words(words);
    } catch (IllegalArgumentException malformed) {
      throw settings.invalid(String.valueOf(malformed.getMessage()));
    }
    List<String> variables = settings.texts("trainer_environment", List.of("PATH"));
    for (String variable : variables) {
      if (!VARIABLE.matcher(variable).matches()) {
        throw settings.invalid(
            "trainer_environment", "names of variables, or NAME=VALUE, separated by commas");
      }
    }
    return new TrainerChoice(
        words, settings.path("trainer_folder", "."), environment(variables, System.getenv()));
  }

  /// From what a person says outside a configuration.
  ///
  /// @param variables names to be passed on, or `NAME=VALUE`
  public static TrainerChoice of(String words, Path folder, List<String> variables)
      throws NodeException {
    ConfigBuilder<TrainerChoice> builder =
        new ConfigBuilder<>(KEYS, TrainerChoice::from)
            .set("trainer", words)
            .set("trainer_folder", folder.toAbsolutePath());
    return variables.isEmpty()
        ? builder.build()
        : builder.set("trainer_environment", String.join(",", variables)).build();
  }

  private static Map<String, String> environment(List<String> variables, Map<String, String> own) {
    Map<String, String> environment = new LinkedHashMap<>();
    if (own.containsKey(SYSTEM_ROOT)) {
      environment.put(SYSTEM_ROOT, own.get(SYSTEM_ROOT));
    }
    for (String variable : variables) {
      int at = variable.indexOf('=');
      if (at >= 0) {
        environment.put(variable.substring(0, at), variable.substring(at + 1));
      } else if (own.containsKey(variable)) {
        environment.put(variable, own.get(variable));
      }
    }
    return environment;
  }

  /// Without the values of the environment, which may be secrets.
  @Override
  public String toString() {
    return "TrainerChoice[%s in %s, environment %s]".formatted(words, folder, environment.keySet());
  }
}
