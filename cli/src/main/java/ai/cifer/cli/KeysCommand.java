package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cifer keys`: keys for encrypted computation.
@Command(
    name = "keys",
    description = "Make and inspect keys for encrypted computation: CKKS and Paillier.",
    synopsisHeading = "Usage: ",
    commandListHeading = "%nCommands%n",
    optionListHeading = "%nOptions%n",
    footerHeading = "%nExample%n",
    footer = {
      "  cifer keys generate --out keys                 CKKS, for computing on real numbers",
      "  cifer keys generate --scheme paillier --out p  Paillier, for sums of integers",
      "  cifer keys show keys                           what the files hold",
      "",
      "The files are read by the Java library: see examples/README.md, _10_KeysAndFiles.",
      "Keys of participants and coordinators are certificates: see 'cifer certs'."
    })
final class KeysCommand {

  private final Terminal terminal;

  @Mixin HelpOption help = new HelpOption();

  KeysCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// How a new secret key is protected, and how one that is protected is opened.
  static final class Protection {
    @Option(
        names = "--passphrase-file",
        paramLabel = "FILE",
        description = "Read the passphrase from the first line of a file instead of asking for it.")
    Optional<Path> file = Optional.empty();
  }

  @Command(
      name = "generate",
      description = {
        "Make the keys of one owner in a new folder: a secret key, which decrypts, and public ones,"
            + " which encrypt and compute.",
        "The secret key is encrypted under a passphrase, which is asked for."
      },
      optionListHeading = "%nOptions%n",
      footer = {
        "%nParameter sets of CKKS (a level is spent by each product in a row)%n"
            + "  C13   4,096 numbers a ciphertext,  3 levels   sums, small models%n"
            + "  C14   8,192 numbers,               7 levels   inference%n"
            + "  CS14  8,192 numbers,               3 levels   for decryption by a threshold%n"
            + "  C15  16,384 numbers,              15 levels   logistic regression (C15b: 16)%n"
            + "  C16  32,768 numbers,              33 levels   deep computations (C16b: 37)%n"
            + "%nExamples%n  cifer keys generate --out keys%n"
            + "  cifer keys generate --preset C13 --matrix 128x128 --sums 1000 --out keys%n"
            + "  cifer keys generate --scheme paillier --bits 3072 --out keys"
      })
  int generate(
      @Option(
              names = "--scheme",
              paramLabel = "SCHEME",
              defaultValue = "ckks",
              description =
                  "ckks (real numbers) or paillier (integers) (default: ${DEFAULT-VALUE}).")
          String scheme,
      @Option(
              names = "--preset",
              paramLabel = "NAME",
              description = "Parameters of CKKS, see below (default: C14).")
          Optional<String> preset,
      @Option(
              names = "--bits",
              paramLabel = "N",
              description = "Size of a Paillier key: 2048 to 4096 (default: 3072).")
          Optional<Integer> bits,
      @Option(
              names = "--sums",
              paramLabel = "LENGTH",
              description = "CKKS: rotation keys for sums of vectors up to this length.")
          Optional<Integer> sums,
      @Option(
              names = "--matrix",
              paramLabel = "ROWSxCOLUMNS",
              description =
                  "CKKS: rotation keys for plain matrices of this shape times encrypted vectors; may"
                      + " be repeated.")
          List<String> matrices,
      @Option(
              names = "--out",
              paramLabel = "FOLDER",
              required = true,
              description = "Gets the key files; they are never overwritten.")
          Path out,
      @Mixin Protection protection,
      @Option(
              names = "--no-passphrase",
              description = "Protect the secret key by the file's mode only (600).")
          boolean unprotected,
      @Mixin Common common)
      throws Exception {
    if (unprotected && protection.file.isPresent()) {
      throw new CommandFailed(
          ExitCode.USAGE, "--no-passphrase and --passphrase-file: both (expected: one of them)");
    }
    new EncryptionKeys(terminal, common.json())
        .generate(
            new EncryptionKeys.Wanted(
                scheme, preset, bits, sums, matrices == null ? List.of() : matrices),
            out,
            unprotected,
            protection.file);
    return ExitCode.OK.number();
  }

  @Command(
      name = "show",
      description = {
        "Show what key files hold: kind, parameters, security, sizes. Secrets are never shown.",
        "Checksums are verified. That a secret key opens is verified with --check."
      },
      optionListHeading = "%nOptions%n",
      footer = {
        "%nExamples%n  cifer keys show keys%n  cifer keys show keys/secret_key.cifer --check"
      })
  int show(
      @Parameters(paramLabel = "FILE", description = "A key file, or a folder of them.") Path file,
      @Option(
              names = "--check",
              description = "Open the secret key, asking for its passphrase, and check it.")
          boolean check,
      @Mixin Protection protection,
      @Mixin Common common)
      throws Exception {
    new EncryptionKeys(terminal, common.json())
        .show(file, check || protection.file.isPresent(), protection.file);
    return ExitCode.OK.number();
  }
}
