package ai.cifer.cli.keys;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a passphrase comes from.
@FunctionalInterface
public interface PassphraseSource {

  /// Asks for the passphrase of a key.
  ///
  /// @param purpose what is asked for, for example `Passphrase of keys/secret_key.cifer`
  /// @param fresh whether it is to be invented now: it is then asked for twice
  Passphrase get(String purpose, boolean fresh) throws CommandFailed, IOException;

  /// A file if one is named, otherwise the terminal.
  static PassphraseSource of(Optional<Path> file) {
    return file.<PassphraseSource>map(named ->
            (_, fresh) -> {
              Passphrase read = Passphrase.ofFile(named);
              return fresh ? read.requireLong() : read;
            })
        .orElse((purpose, fresh) -> asked(System.console(), purpose, fresh));
  }

  private static Passphrase asked(@Nullable Console console, String purpose, boolean fresh)
      throws CommandFailed {
    if (console == null || !console.isTerminal()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "passphrase: no terminal to ask on (expected: --passphrase-file FILE%s)"
              .formatted(fresh ? ", or --no-passphrase" : ""));
    }
    Passphrase typed = typed(console, purpose + (fresh ? ", 8 characters or more: " : ": "));
    if (!fresh) {
      return typed;
    }
    typed.requireLong();
    try (Passphrase again = typed(console, "The same again: ")) {
      if (!typed.sameAs(again)) {
        typed.close();
        throw new CommandFailed(ExitCode.USAGE, "passphrase: the two differ; nothing was written");
      }
    }
    return typed;
  }

  private static Passphrase typed(Console console, String prompt) throws CommandFailed {
    char[] typed = console.readPassword("%s", prompt);
    if (typed == null) {
      throw new CommandFailed(ExitCode.INTERRUPTED, "passphrase: none was given");
    }
    return Passphrase.ofTyped(typed);
  }
}
