package ai.cifer.cli.bench;

import ai.cifer.cli.terminal.Colour;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Table;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.homocryption.bench.CkksFigures;
import ai.cifer.homocryption.bench.MachineFigures;
import ai.cifer.homocryption.bench.PaillierFigures;
import ai.cifer.secagg.bench.StageFigures;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// The figures of a run as tables for people: what was done, what it means, how long it took.
///
/// Beside ours stand figures of other libraries, marked as what they are: measured on another
/// machine (one core of an AMD Zen 4 with AVX-512), for orientation only.
final class BenchTables {
  private static final String OTHERS =
      "* on one core of an AMD Zen 4, AVX-512, medians; another machine than this one";

  private final Terminal terminal;

  BenchTables(Terminal terminal) {
    this.terminal = terminal;
  }

  void print(BenchDocument document) {
    machine(document.machine());
    if (document.aggregate() != null) {
      aggregate(document.aggregate());
    }
    if (document.ckks() != null) {
      ckks(document.ckks());
    }
    if (document.paillier() != null) {
      paillier(document.paillier());
    }
    if (document.ntt() != null) {
      ntt(document.ntt());
    }
    terminal.print("");
    terminal.print(
        "All in one thread, 10th percentile; %s s in all."
            .formatted(Figures.seconds(document.seconds())));
  }

  private void title(String text, String explanation) {
    terminal.print("");
    terminal.print(terminal.paint(Colour.STRONG, text));
    terminal.print(explanation);
  }

  private void lines(Table table) {
    table.lines().forEach(line -> terminal.print("  " + line));
  }

  private void machine(MachineFigures machine) {
    terminal.print(terminal.paint(Colour.STRONG, "This machine"));
    Table table = new Table("", "");
    table.row(
        "processor",
        "%s, %s for this process"
            .formatted(machine.processor(), Figures.counted(machine.processors(), "core")));
    table.row("system", machine.system() + ", Java " + machine.java());
    table.row("vectors", machine.vectors());
    table.row("Paillier", machine.paillier().replaceFirst("^Paillier: ", ""));
    lines(table);
  }

  private void aggregate(AggregateDocument round) {
    title(
        "Encrypted sums",
        "A federated round: %s add their updates of %s parameters; only the sum opens."
            .formatted(Figures.counted(round.clients(), "client"), Figures.count(round.params())));
    Table bytes = new Table("a client sends", ">", "");
    bytes.row("the update, unencrypted", Figures.bytes(round.floatBytes()), "float32");
    bytes.row("the masked update", Figures.bytes(round.maskedBytes()), round.profile());
    bytes.row(
        "shares of its secret",
        Figures.bytes(round.shareBytes()),
        "for " + Figures.counted(round.helpers(), "helper"));
    bytes.row("signed lists of both", Figures.bytes(round.manifestBytes()), "");
    bytes.row(
        "in all",
        Figures.bytes(round.bytesPerClient()),
        "%s times float32".formatted(Figures.ratio(round.ratio())));
    lines(bytes);
    terminal.print("");
    Table time = new Table("step", ">time", "for", ">SEAL + HEXL*");
    boolean same = round.params() == 1_000_000;
    time.row(
        "client: clip to sign", millis(round.clientMillis()), "each client", same ? "302 ms" : "");
    time.row(
        "coordinator: check, add", millis(round.foldMillis()), "each client", same ? "6.6 ms" : "");
    time.row(
        "coordinator: open the sum", millis(round.openMillis()), "a round", same ? "68 ms" : "");
    time.row("coordinator in all", millis(round.roundMillis()), "a round", "");
    StageFigures stages = round.perMillion();
    String helpers = Figures.counted(stages.shareHelpers(), "helper");
    time.row("share a secret", millis(stages.splitMillis()), "for " + helpers, "");
    time.row("join a quorum's sums", millis(stages.combineMillis()), "of " + helpers, "");
    lines(time);
    terminal.print(
        "  the first million parameters of a cold process: %s"
            .formatted(millis(round.firstMillisPerMillion())));
    if (same) {
      terminal.print("  " + OTHERS);
      terminal.print(
          "  CKKS with N=8192, [60,40,40], symmetric encryption: 32.2 MB a client, no hash");
    }
  }

  private void ckks(List<CkksFigures> sets) {
    title(
        "CKKS",
        "Arithmetic on encrypted real numbers; each operation works on all numbers of a ciphertext.");
    Table shape = new Table("", ">numbers", ">levels", ">ciphertext", ">error of a square");
    for (CkksFigures set : sets) {
      shape.row(
          set.preset(),
          Figures.count(set.degree() / 2),
          Integer.toString(set.depth()),
          Figures.bytes(set.ciphertextBytes()),
          String.format(Locale.ROOT, "2^%.0f", set.logError()));
    }
    lines(shape);
    terminal.print("");
    CkksFigures small = sets.getFirst();
    CkksFigures large = sets.getLast();
    Table table =
        new Table(
            "operation",
            ">" + small.preset(),
            ">SEAL + HEXL*",
            ">" + large.preset(),
            ">SEAL + HEXL*",
            "what it does");
    ckksRow(
        table,
        small,
        large,
        "encode",
        CkksFigures::encodeMicros,
        177,
        814,
        "numbers to a polynomial");
    ckksRow(
        table,
        small,
        large,
        "encrypt",
        CkksFigures::encryptMicros,
        1442,
        5595,
        "under the public key");
    ckksRow(
        table,
        small,
        large,
        "encrypt, seeded",
        CkksFigures::encryptSeededMicros,
        1150,
        5390,
        "by the owner, half the bytes");
    ckksRow(table, small, large, "add", CkksFigures::addMicros, 17, 92, "two ciphertexts");
    ckksRow(
        table,
        small,
        large,
        "multiply by plain",
        CkksFigures::multiplyPlainMicros,
        29,
        129,
        "by encoded numbers");
    ckksRow(
        table,
        small,
        large,
        "multiply",
        CkksFigures::multiplyMicros,
        67,
        319,
        "two ciphertexts, then:");
    ckksRow(
        table,
        small,
        large,
        "relinearize",
        CkksFigures::relinearizeMicros,
        847,
        8927,
        "the product to its old size");
    ckksRow(table, small, large, "rescale", CkksFigures::rescaleMicros, 145, 834, "a level down");
    ckksRow(
        table,
        small,
        large,
        "rotate",
        CkksFigures::rotateMicros,
        861,
        8959,
        "all numbers by one place");
    ckksRow(
        table,
        small,
        large,
        "rotate, one of 8",
        CkksFigures::hoistedRotateMicros,
        0,
        0,
        "of one ciphertext, together");
    ckksRow(
        table, small, large, "decrypt", CkksFigures::decryptMicros, 28, 154, "with the secret key");
    ckksRow(
        table,
        small,
        large,
        "decode",
        CkksFigures::decodeMicros,
        566,
        3987,
        "polynomial to numbers");
    lines(table);
    terminal.print("  " + OTHERS);
    terminal.print("  N = 8192 with primes of [60,40,40,60] bits, N = 16384 of [60, 7 x 40, 60]");
  }

  private static void ckksRow(
      Table table,
      CkksFigures small,
      CkksFigures large,
      String name,
      ToDoubleFunction<CkksFigures> figure,
      int otherSmall,
      int otherLarge,
      String meaning) {
    table.row(
        name,
        micros(figure.applyAsDouble(small)),
        otherSmall == 0 ? "" : micros(otherSmall),
        micros(figure.applyAsDouble(large)),
        otherLarge == 0 ? "" : micros(otherLarge),
        meaning);
  }

  private void paillier(PaillierFigures figures) {
    title(
        "Paillier",
        "Sums of encrypted integers under a key of %d bits; %d numbers of 20 bits in a ciphertext, %s bytes each."
            .formatted(
                figures.bits(),
                figures.fields(),
                String.format(Locale.ROOT, "%.2f", figures.bytesPerValue())));
    Table table = new Table("operation", ">time", ">python-paillier*", "what it does");
    paillierRow(table, "encrypt", figures.encryptMillis(), 24.0, "with short exponents");
    paillierRow(
        table,
        "encrypt, long",
        figures.halfLengthEncryptMillis(),
        null,
        "exponents of half the key's length");
    paillierRow(table, "add", figures.addMillis(), 0.019, "two ciphertexts");
    paillierRow(table, "scale", figures.scaleMillis(), null, "by a number of 28 bits");
    paillierRow(
        table, "rerandomize", figures.rerandomizeMillis(), null, "so that nobody knows it again");
    paillierRow(table, "decrypt", figures.decryptMillis(), 8.41, "with both blindings");
    paillierRow(table, "prepare a key", figures.setUpMillis(), null, "once");
    lines(table);
    terminal.print("  " + OTHERS + "; with gmpy2");
  }

  private static void paillierRow(
      Table table, String name, double millis, @Nullable Double other, String meaning) {
    table.row(name, millis(millis), other == null ? "" : millis(other), meaning);
  }

  private void ntt(List<BenchDocument.NttDocument> sizes) {
    title(
        "Transforms",
        "The number-theoretic transform of one polynomial: what most of the times above consist of.");
    Table table =
        new Table(
            "size", ">forward", ">inverse", ">ns a butterfly", ">SEAL + HEXL*", ">without vectors");
    for (BenchDocument.NttDocument size : sizes) {
      table.row(
          Figures.count(size.degree()),
          micros(size.forwardMicros()),
          micros(size.inverseMicros()),
          String.format(Locale.ROOT, "%.3f", size.forwardNanosPerButterfly()),
          hexl(size.degree()),
          micros(size.scalarForwardMicros()));
    }
    lines(table);
    terminal.print("  " + OTHERS);
  }

  private static String hexl(int degree) {
    return switch (degree) {
      case 8192 -> "16.7 us";
      case 16384 -> "35.7 us";
      case 32768 -> "76.5 us";
      default -> "";
    };
  }

  private static String millis(double millis) {
    return micros(1e3 * millis);
  }

  /// Three digits and a unit: `16.7 us`, `1.44 ms`, `2.31 s`.
  static String micros(double micros) {
    if (micros < 999.5) {
      return digits(micros) + " us";
    }
    return micros < 999_500 ? digits(micros / 1e3) + " ms" : digits(micros / 1e6) + " s";
  }

  private static String digits(double value) {
    String pattern = value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f";
    return String.format(Locale.ROOT, pattern, value);
  }
}
