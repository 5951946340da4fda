package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.history.Json;
import ai.cifer.cli.keys.KeyDocument;
import ai.cifer.cli.keys.KeyFolder;
import ai.cifer.cli.keys.KeyStore;
import ai.cifer.cli.keys.Passphrase;
import ai.cifer.cli.keys.PassphraseSource;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Places;
import ai.cifer.cli.terminal.StatusLine;
import ai.cifer.cli.terminal.Table;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.homocryption.RotationPlan;
import ai.cifer.homocryption.ckks.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What `cifer keys` does.
final class EncryptionKeys {
  private static final Duration QUIET = Duration.ofSeconds(2);
  private static final Pattern SHAPE =
      Pattern.compile("(?<rows>[1-9][0-9]{0,5})[x×](?<columns>[1-9][0-9]{0,5})");

  private final Terminal terminal;
  private final boolean json;

  EncryptionKeys(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  /// What the command line asks for.
  record Wanted(
      String scheme,
      Optional<String> preset,
      Optional<Integer> bits,
      Optional<Integer> sums,
      List<String> matrices) {}

  /// What `--format json` prints.
  private record Documents(List<KeyDocument> keys) {}

  void generate(Wanted wanted, Path folder, boolean unprotected, Optional<Path> passphraseFile)
      throws CommandFailed, IOException {
    KeyFolder target = new KeyFolder(folder);
    switch (wanted.scheme) {
      case "ckks" -> {
        refuse("--bits", wanted.bits.isPresent(), "ckks, whose sizes --preset gives");
        Preset preset = preset(wanted.preset.orElse("C14"));
        RotationPlan plan = plan(wanted);
        target.requireEmpty(!plan.equals(RotationPlan.none()));
        make(folder, unprotected, passphraseFile, key -> target.writeCkks(preset, plan, key));
      }
      case "paillier" -> {
        refuse("--preset", wanted.preset.isPresent(), "paillier, whose size --bits gives");
        refuse("--sums", wanted.sums.isPresent(), "paillier, which has no rotations");
        refuse("--matrix", !wanted.matrices.isEmpty(), "paillier, which has no rotations");
        int bits = wanted.bits.orElse(3072);
        if (bits < 2048 || bits > 4096 || bits % 128 != 0) {
          throw new CommandFailed(
              ExitCode.USAGE,
              "--bits: %d (expected: 2048 to 4096, a multiple of 128)".formatted(bits));
        }
        target.requireEmpty(false);
        make(folder, unprotected, passphraseFile, key -> target.writePaillier(bits, key));
      }
      default ->
          throw new CommandFailed(
              ExitCode.USAGE, "--scheme: %s (expected: ckks or paillier)".formatted(wanted.scheme));
    }
  }

  private static void refuse(String option, boolean given, String scheme) throws CommandFailed {
    if (given) {
      throw new CommandFailed(
          ExitCode.USAGE, "%s: given (expected: not with --scheme %s)".formatted(option, scheme));
    }
  }

  private static Preset preset(String name) throws CommandFailed {
    for (Preset preset : Preset.values()) {
      if (preset.name().equalsIgnoreCase(name)) {
        return preset;
      }
    }
    throw new CommandFailed(
        ExitCode.USAGE,
        "--preset: %s (expected: one of %s)"
            .formatted(
                name,
                String.join(", ", Arrays.stream(Preset.values()).map(Preset::name).toList())));
  }

  private static RotationPlan plan(Wanted wanted) throws CommandFailed {
    RotationPlan plan = RotationPlan.none();
    if (wanted.sums.isPresent()) {
      int length = wanted.sums.get();
      if (length < 1) {
        throw new CommandFailed(ExitCode.USAGE, "--sums: %d (expected: >= 1)".formatted(length));
      }
      plan = plan.withSums(length);
    }
    for (String shape : wanted.matrices) {
      Matcher sides = SHAPE.matcher(shape);
      if (!sides.matches()) {
        throw new CommandFailed(
            ExitCode.USAGE, "--matrix: %s (expected: for example 128x64)".formatted(shape));
      }
      plan =
          plan.withMatrix(
              Integer.parseInt(sides.group("rows")), Integer.parseInt(sides.group("columns")));
    }
    return plan;
  }

  /// Writes the files of a folder.
  @FunctionalInterface
  private interface Making {
    List<Path> write(Optional<Passphrase> passphrase) throws CommandFailed, IOException;
  }

  private void make(Path folder, boolean unprotected, Optional<Path> passphraseFile, Making making)
      throws CommandFailed, IOException {
    List<Path> files;
    if (unprotected) {
      files = made(making, Optional.empty());
    } else {
      try (Passphrase passphrase =
          PassphraseSource.of(passphraseFile).get("Passphrase for the new secret key", true)) {
        files = made(making, Optional.of(passphrase));
      }
    }
    print(files);
    tell(
        "",
        "Keep %s to yourself: whoever has it%s reads everything that these keys encrypt."
            .formatted(
                Places.shown(folder.resolve(KeyFolder.SECRET)),
                unprotected ? "" : " and the passphrase"),
        "The other files are for whoever encrypts or computes.");
  }

  private List<Path> made(Making making, Optional<Passphrase> passphrase)
      throws CommandFailed, IOException {
    long begun = System.nanoTime();
    try (StatusLine _ =
        StatusLine.start(
            terminal,
            () -> {
              Duration waited = Duration.ofNanos(System.nanoTime() - begun);
              return json || waited.compareTo(QUIET) < 0
                  ? ""
                  : "making keys, %d s".formatted(waited.toSeconds());
            })) {
      return making.write(passphrase);
    }
  }

  void show(Path file, boolean check, Optional<Path> passphraseFile)
      throws CommandFailed, IOException {
    List<Path> files = Files.isDirectory(file) ? keyFiles(file) : List.of(file);
    List<Path> opened = check ? opened(file, files, passphraseFile) : List.of();
    print(files);
    for (Path secret : opened) {
      tell("", "%s opens and is whole".formatted(Places.shown(secret)));
    }
  }

  private static List<Path> opened(Path where, List<Path> files, Optional<Path> passphraseFile)
      throws CommandFailed, IOException {
    List<Path> secrets = new ArrayList<>();
    for (Path each : files) {
      if (KeyStore.inspect(each).form().kind().secret()) {
        secrets.add(each);
      }
    }
    if (secrets.isEmpty()) {
      throw new CommandFailed(
          ExitCode.USAGE, "--check: no secret key in %s (expected: one)".formatted(where));
    }
    for (Path secret : secrets) {
      KeyFolder.check(secret, PassphraseSource.of(passphraseFile));
    }
    return secrets;
  }

  private static List<Path> keyFiles(Path folder) throws CommandFailed, IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      List<Path> files =
          inside
              .filter(each -> each.getFileName().toString().endsWith(KeyFolder.SUFFIX))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new CommandFailed(
            ExitCode.KEY_FILE_UNUSABLE,
            "%s: no key files (expected: files *%s, as 'cifer keys generate' makes them)"
                .formatted(folder, KeyFolder.SUFFIX));
      }
      return files;
    }
  }

  private void print(List<Path> files) throws CommandFailed, IOException {
    List<KeyDocument> documents = new ArrayList<>();
    for (Path file : files) {
      documents.add(KeyDocument.of(file, KeyStore.inspect(file)));
    }
    if (json) {
      terminal.print(Json.text(new Documents(documents)));
      return;
    }
    for (KeyDocument document : documents) {
      if (!document.equals(documents.getFirst())) {
        terminal.print("");
      }
      Table table = new Table("", "");
      table.row(Places.shown(Path.of(document.file())), document.kind());
      document.parameters().forEach((name, value) -> table.row("  " + name, value.toString()));
      table.row("  digest", document.digest().substring(0, 16));
      document
          .security()
          .ifPresent(
              security -> table.row("  security", security.bits() + " bits: " + security.source()));
      document.protection().ifPresent(protection -> table.row("  protection", protection));
      table.row("  size", Figures.bytes(document.bytes()));
      table.lines().forEach(terminal::print);
    }
  }

  private void tell(String... lines) {
    if (!json) {
      for (String line : lines) {
        terminal.print(line);
      }
    }
  }
}
