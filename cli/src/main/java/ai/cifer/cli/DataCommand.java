package ai.cifer.cli;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.training.data.TokenizedText;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cifer data`: datasets and their partitions.
@Command(
    name = "data",
    description = "Look into datasets, tokenize texts, and split datasets among clients.",
    synopsisHeading = "Usage: ",
    commandListHeading = "%nCommands%n",
    optionListHeading = "%nOptions%n",
    footerHeading = "%nExamples%n",
    footer = {
      "  cifer data inspect examples/data/fashion_mnist_26k.npz",
      "  cifer data split examples/data/fashion_mnist_26k.npz --clients 4 --out partitions",
      "  cifer data split patients.csv --by iid --clients 3 --out partitions"
    })
final class DataCommand {

  private final Terminal terminal;

  @Mixin HelpOption help = new HelpOption();

  DataCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(
      name = "inspect",
      description = "Show shapes, types, missing values, class balance and first rows.",
      optionListHeading = "%nOptions%n",
      footer = {"%nExample%n  cifer data inspect examples/data/fashion_mnist_26k.npz"})
  int inspect(
      @Parameters(
              paramLabel = "FILE",
              arity = "1..*",
              description = "npz, npy, CSV, TFRecord or IDX files, or folders of images.")
          List<Path> files,
      @Mixin Common common)
      throws Exception {
    new Datasets(terminal, common.json()).inspect(files);
    return ExitCode.OK.number();
  }

  @Command(
      name = "tokenize",
      description = "Turn the texts of a CSV file into tokens that a network of text takes.",
      optionListHeading = "%nOptions%n",
      footer = {
        "%nExample%n  cifer data tokenize notes.csv --text note --label ill --classes no,yes \\",
        "    --tokenizer minilm --length 64 --out notes.npz"
      })
  int tokenize(
      @Parameters(paramLabel = "FILE", description = "A CSV file.") Path file,
      @Option(
              names = "--text",
              paramLabel = "COLUMN",
              required = true,
              description = "The column of the texts.")
          String text,
      @Option(
              names = "--label",
              paramLabel = "COLUMN",
              required = true,
              description = "The column of the classes.")
          String label,
      @Option(
              names = "--classes",
              paramLabel = "WORDS",
              split = ",",
              description = {
                "The words that stand for class 0, 1, ...; the same for all participants.",
                "Without it the column has the numbers."
              })
          List<String> classes,
      @Option(
              names = "--tokenizer",
              paramLabel = "PLACE",
              required = true,
              description = "A model's folder of Hugging Face, or its tokenizer.json.")
          Path tokenizer,
      @Option(
              names = "--length",
              paramLabel = "N",
              defaultValue = "128",
              description =
                  "Tokens of a text; longer ones are cut, shorter ones padded (default:"
                      + " ${DEFAULT-VALUE}).")
          int length,
      @Option(
              names = "--pad",
              paramLabel = "TOKEN",
              description = "The token that pads (default: the tokenizer's own).")
          String pad,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              required = true,
              description = "An npz file with x and y; must not exist.")
          Path out,
      @Mixin Common common)
      throws Exception {
    TokenizedText texts;
    try {
      texts =
          new TokenizedText(
              tokenizer,
              length,
              Optional.ofNullable(pad),
              text,
              label,
              classes == null ? List.of() : classes);
    } catch (IllegalArgumentException bad) {
      throw new CommandFailed(ExitCode.USAGE, String.valueOf(bad.getMessage()), bad);
    }
    new Datasets(terminal, common.json()).tokenize(texts, file, out);
    return ExitCode.OK.number();
  }

  @Command(
      name = "split",
      description = "Give each example of the training split to one client.",
      optionListHeading = "%nOptions%n",
      footer = {
        "%nExamples%n  cifer data split examples/data/fashion_mnist_26k.npz --clients 4 --out parts",
        "  cifer data split FILE --clients 4 --alpha 100 --out parts   nearly equal mixtures"
      })
  int split(
      @Parameters(paramLabel = "FILE", description = "Data with labels, of any format.") Path file,
      @Option(
              names = "--clients",
              paramLabel = "N",
              required = true,
              description = "How many partitions.")
          int clients,
      @Option(
              names = "--by",
              paramLabel = "WAY",
              defaultValue = "dirichlet",
              description =
                  "iid: equal parts; dirichlet: unequal mixtures of classes; label: two shards of"
                      + " classes each; quantity: unequal sizes (default: ${DEFAULT-VALUE}).")
          String by,
      @Option(
              names = "--label",
              paramLabel = "COLUMN",
              description = "The column of the classes, by name or number (default: the last).")
          Optional<String> label,
      @Option(
              names = "--alpha",
              paramLabel = "N",
              defaultValue = "0.5",
              description =
                  "Dirichlet concentration: 0.5 is strongly unequal, 100 nearly equal"
                      + " (default: ${DEFAULT-VALUE}).")
          double alpha,
      @Option(
              names = "--seed",
              paramLabel = "N",
              defaultValue = "1",
              description = "The same seed gives the same split (default: ${DEFAULT-VALUE}).")
          long seed,
      @Option(
              names = "--minimum",
              paramLabel = "N",
              defaultValue = "100",
              description = "Examples of the smallest client (default: ${DEFAULT-VALUE}).")
          int minimum,
      @Option(
              names = "--out",
              paramLabel = "FOLDER",
              required = true,
              description = "Gets client-1, client-2, ...: .csv where FILE is CSV, else .npz.")
          Path out,
      @Mixin Common common)
      throws Exception {
    new Datasets(terminal, common.json())
        .split(file, new Datasets.Dealing(by, clients, alpha, seed, minimum, label), out);
    return ExitCode.OK.number();
  }
}
