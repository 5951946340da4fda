package ai.cifer.cli.plan;

import ai.cifer.cli.plan.PlanDocument.Bytes;
import ai.cifer.cli.plan.PlanDocument.Helping;
import ai.cifer.cli.plan.PlanDocument.Mode;
import ai.cifer.cli.plan.PlanDocument.Seconds;
import ai.cifer.cli.plan.PlanDocument.Space;
import ai.cifer.cli.plan.PlanDocument.TooFew;
import ai.cifer.cli.terminal.Colour;
import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Table;
import ai.cifer.cli.terminal.Terminal;
import ai.cifer.fedlearn.train.GlobalModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A plan as tables for people.
public final class PlanTables {
  private static final int TENSORS_SHOWN = 16;

  private final Terminal terminal;

  public PlanTables(Terminal terminal) {
    this.terminal = terminal;
  }

  /// Prints all of it.
  public void print(PlanDocument plan) {
    what(plan);
    List<Mode> possible = plan.modes().stream().filter(mode -> mode.refused() == null).toList();
    costs(plan, possible);
    protection(possible);
    for (Mode mode : plan.modes()) {
      if (mode.refused() != null) {
        terminal.print(
            "  %s is not possible here: %s".formatted(mode.encryption(), mode.refused()));
      }
    }
    plan.modes().stream()
        .filter(Mode::configured)
        .map(Mode::helpers)
        .filter(Objects::nonNull)
        .forEach(this::dropouts);
    accuracy(plan);
    tensors(plan);
    privacy(plan);
    statistics(plan);
    kept(plan);
  }

  private void title(String text) {
    terminal.print("");
    terminal.print(terminal.paint(Colour.STRONG, text));
  }

  private void lines(Table table) {
    table.lines().forEach(line -> terminal.print("  " + line));
  }

  private void what(PlanDocument plan) {
    terminal.print(terminal.paint(Colour.STRONG, "Plan of " + plan.config()));
    Table table = new Table("", "");
    table.row(
        "model",
        "%s: %s, %s parameters, %s as float32, %s"
            .formatted(
                plan.model().file(),
                GlobalModel.label(plan.model().architecture()),
                Figures.count(plan.model().parameters()),
                Figures.bytes(plan.model().float32Bytes()),
                Figures.counted(plan.model().segments(), "segment")));
    table.row(
        "round",
        "%s, at least %d in a sum; encryption: %s"
            .formatted(
                Figures.counted(plan.round().clients(), "client"),
                plan.round().minClients(),
                plan.encryption()));
    table.row(
        "failure",
        plan.round().partial()
            ? "a segment that fails for good keeps its values, and the round goes on without it"
            : "a segment that fails for good makes the round void");
    table.row("strategy", strategy(plan.strategy()));
    table.row(
        "values",
        "%d bits each, in fields of %d bits for sums of up to %d clients (profile %s)"
            .formatted(
                plan.round().valueBits(),
                plan.round().fieldBits(),
                plan.round().maxClients(),
                plan.round().profile()));
    table.row(
        "shared",
        "%s%s%s"
            .formatted(
                Figures.counted(plan.tensors().size(), "tensor"),
                isLocal(plan) ? ", but for those that each client keeps" : "",
                plan.kept().isEmpty()
                    ? ""
                    : "; %s not, see below".formatted(Figures.count(plan.kept().size()))));
    table.row("buffers", buffers(plan));
    lines(table);
  }

  private static boolean isLocal(PlanDocument plan) {
    return !plan.buffers().equals("shared");
  }

  /// What is lost silently is found late.
  private static String buffers(PlanDocument plan) {
    List<String> names = plan.bufferTensors();
    String which =
        names.isEmpty()
            ? "the file names none; a client's log says which its network has"
            : String.join(", ", names.stream().limit(TENSORS_SHOWN).toList())
                + (names.size() > TENSORS_SHOWN
                    ? " and %d more".formatted(names.size() - TENSORS_SHOWN)
                    : "");
    return "%s: %s"
        .formatted(
            isLocal(plan)
                ? "each client keeps its own%s, not in the sum"
                    .formatted(
                        plan.buffers().equals("local") ? "" : ", with the weights of their layers")
                : "averaged like weights",
            which);
  }

  private static String strategy(PlanDocument.Beside strategy) {
    List<String> parts = new ArrayList<>();
    if (strategy.vectors() > 0) {
      parts.add(
          "a client sends %d times the model beside its change".formatted(strategy.vectors()));
    }
    if (strategy.numbers() > 0) {
      parts.add("sends %s".formatted(Figures.counted(strategy.numbers(), "number")));
    }
    if (strategy.guides() > 0) {
      parts.add("gets %d times the model beside it".formatted(strategy.guides()));
    }
    if (strategy.remembers()) {
      parts.add("keeps a vector of the model's size");
    }
    return strategy.name() + (parts.isEmpty() ? "" : ": " + String.join(", ", parts));
  }

  private static String[] header(String first, List<Mode> modes) {
    return Stream.concat(
            Stream.of(first),
            modes.stream().map(mode -> ">" + mode.encryption() + (mode.configured() ? " *" : "")))
        .toArray(String[]::new);
  }

  private static void row(
      Table table, String name, List<Mode> modes, Function<Mode, String> figure) {
    table.row(Stream.concat(Stream.of(name), modes.stream().map(figure)).toArray(String[]::new));
  }

  private void costs(PlanDocument plan, List<Mode> modes) {
    title("Costs of a round, training not counted (* is what the configuration says)");
    Table table = new Table(header("", modes));
    bytes(table, "a client sends", modes, Bytes::clientUp);
    row(
        table,
        "  its update, in float32",
        modes,
        mode -> Figures.ratio(Objects.requireNonNull(mode.bytes()).ratio()));
    bytes(table, "a client receives", modes, Bytes::clientDown);
    bytes(table, "a helper sends", modes, Bytes::helperUp);
    bytes(table, "a helper receives", modes, Bytes::helperDown);
    bytes(table, "the coordinator receives", modes, Bytes::coordinatorDown);
    bytes(table, "the coordinator sends", modes, Bytes::coordinatorUp);
    space(table, "memory of a client", modes, mode -> mode.memory(), Space::client);
    space(table, "memory of a helper", modes, mode -> mode.memory(), Space::helper);
    space(table, "memory of the coordinator", modes, mode -> mode.memory(), Space::coordinator);
    space(table, "disk of a client", modes, mode -> mode.disk(), Space::client);
    space(table, "disk of the coordinator", modes, mode -> mode.disk(), Space::coordinator);
    seconds(table, "a client computes", modes, Seconds::client);
    seconds(table, "the coordinator computes", modes, Seconds::coordinator);
    seconds(table, "the key holder computes", modes, Seconds::helper);
    seconds(table, "a client's connection", modes, Seconds::clientTransfer);
    seconds(table, "the coordinator's", modes, Seconds::coordinatorTransfer);
    seconds(table, "all, one after the other", modes, Seconds::round);
    row(table, "the largest model, values", modes, PlanTables::largest);
    lines(table);
    terminal.print(
        "  Helper: each client with secure-aggregation, where its bytes are in those of the client; else the key holder.");
    terminal.print("  Memory is beside the JVM's own and the trainer's.");
    terminal.print(
        String.format(
            Locale.ROOT,
            "  Computing: %s. Connections: %.0f Mbit/s each way, as told.",
            plan.assumptions().times(),
            plan.assumptions().megabitsPerSecond()));
  }

  private static void bytes(
      Table table, String name, List<Mode> modes, Function<Bytes, Long> figure) {
    row(table, name, modes, mode -> shown(figure.apply(Objects.requireNonNull(mode.bytes()))));
  }

  private static void space(
      Table table,
      String name,
      List<Mode> modes,
      Function<Mode, @Nullable Space> space,
      Function<Space, Long> figure) {
    row(table, name, modes, mode -> shown(figure.apply(Objects.requireNonNull(space.apply(mode)))));
  }

  private static String largest(Mode mode) {
    long most = Objects.requireNonNull(mode.mostParameters());
    return most >= 1_000_000_000 ? "> 10^9" : Figures.count(most);
  }

  private static String shown(long bytes) {
    return bytes == 0 ? "-" : Figures.bytes(bytes);
  }

  private static void seconds(
      Table table, String name, List<Mode> modes, Function<Seconds, @Nullable Double> figure) {
    row(
        table,
        name,
        modes,
        mode -> {
          @Nullable Double seconds = figure.apply(Objects.requireNonNull(mode.seconds()));
          return seconds == null ? "-" : Figures.seconds(seconds) + " s";
        });
  }

  private void protection(List<Mode> modes) {
    title("Who can read what");
    Table table = new Table("", "a single update", "the sum", ">bits of security");
    for (Mode mode : modes) {
      PlanDocument.Security security = Objects.requireNonNull(mode.security());
      table.row(
          mode.encryption(),
          mode.whoOpens().update(),
          mode.whoOpens().sum(),
          security.bits() == 0 ? "-" : String.format(Locale.ROOT, "%.0f", security.bits()));
    }
    lines(table);
    terminal.print("  The bits are");
    modes.stream()
        .filter(mode -> Objects.requireNonNull(mode.security()).bits() > 0)
        .collect(
            Collectors.groupingBy(
                mode -> Objects.requireNonNull(mode.security()).source(),
                LinkedHashMap::new,
                Collectors.mapping(Mode::encryption, Collectors.joining(", "))))
        .forEach((source, names) -> terminal.print("    of %s: %s".formatted(names, source)));
  }

  private void dropouts(Helping helpers) {
    title("Dropouts in the configured mode");
    Table table =
        new Table("", ">needed", ">may be gone", ">learn nothing", "too few at 5 %, 10 %, 20 %");
    table.row(
        "of " + Figures.counted(helpers.count(), "helper"),
        Integer.toString(helpers.needed()),
        Integer.toString(helpers.mayBeGone()),
        Integer.toString(helpers.secrecy()),
        probabilities(helpers.tooFew()));
    PlanDocument.Majority majority = helpers.majority();
    if (majority != null && majority.needed() != helpers.needed()) {
      table.row(
          "\"threshold\": \"majority\"",
          Integer.toString(majority.needed()),
          Integer.toString(majority.mayBeGone()),
          Integer.toString(majority.secrecy()),
          probabilities(majority.tooFew()));
    }
    lines(table);
    terminal.print(
        "  too few: the probability if each helper is absent with 5, 10 or 20 %, independently");
    if (helpers.statements() != null) {
      terminal.print(
          "  of them up to %d may be malicious%s"
              .formatted(
                  helpers.malicious(),
                  majority == null ? "" : "; with a majority all must follow the protocol"));
      terminal.print(
          "  after an attempt was repeated with %d statements, %d together with the coordinator learn nothing"
              .formatted(helpers.statements(), helpers.secrecyAfterRetry()));
    }
  }

  private static String probabilities(List<TooFew> tooFew) {
    return tooFew.stream()
        .map(each -> percent(each.probability()))
        .collect(Collectors.joining(", "));
  }

  private static String percent(double probability) {
    return probability < 1e-5
        ? "< 0.001 %"
        : String.format(Locale.ROOT, "%.2g %%", 100 * probability);
  }

  private void accuracy(PlanDocument plan) {
    title("Error of the mean by rounding to %d bits".formatted(plan.round().valueBits()));
    terminal.print(
        "  at most %s, to be expected (standard deviation, at most) %s, in the coarsest tensor"
            .formatted(
                scientific(plan.accuracy().worst()), scientific(plan.accuracy().deviation())));
    Table table = new Table(">examples", ">of the most", ">bits lost", ">bits left");
    for (PlanDocument.SmallClient client : plan.smallClients()) {
      table.row(
          client.examples() == null ? "-" : Figures.count(client.examples()),
          Figures.percent(client.share()),
          String.format(Locale.ROOT, "%.1f", client.lostBits()),
          String.format(Locale.ROOT, "%.1f", client.leftBits()));
    }
    lines(table);
  }

  private void tensors(PlanDocument plan) {
    title("Tensors");
    Table table =
        new Table("", "shape", ">parameters", ">clip", ">step", ">error at most", ">expected");
    for (PlanDocument.Tensor tensor : plan.tensors().stream().limit(TENSORS_SHOWN).toList()) {
      table.row(
          tensor.name(),
          tensor.shape().toString(),
          Figures.count(tensor.parameters()),
          String.format(Locale.ROOT, "%.4g", tensor.clip()),
          scientific(tensor.step()),
          scientific(tensor.worstError()),
          scientific(tensor.deviation()));
    }
    lines(table);
    more(plan.tensors().size());
  }

  private void privacy(PlanDocument plan) {
    PlanDocument.Privacy privacy = plan.privacy();
    if (privacy == null) {
      return;
    }
    boolean local = privacy.scope().equals("local");
    title(
        local
            ? "Differential privacy of each update, against whoever reads it"
            : "Differential privacy against whoever sees sums and models");
    Table table = new Table("", "");
    table.row(
        "privacy spent",
        String.format(
            Locale.ROOT,
            "epsilon %.3g in %s, %.3g in one, at delta %.1g; a void round counts as one",
            privacy.epsilon(),
            Figures.counted(privacy.rounds(), "round"),
            privacy.epsilonOfARound(),
            privacy.delta()));
    table.row(
        "each update",
        String.format(Locale.ROOT, "cut to a norm of %.3g", privacy.clipNorm())
            + (privacy.sampling() < 1
                ? String.format(
                    Locale.ROOT, ", and counts with a chance of %.3g", privacy.sampling())
                : ""));
    table.row(
        "noise of the mean",
        String.format(
            Locale.ROOT,
            "deviation %.3g in each value; %s",
            privacy.meanDeviation(),
            local
                ? "each client adds all that its update needs"
                : "enough if %d clients of every sum are honest".formatted(privacy.honest())));
    lines(table);
  }

  private void statistics(PlanDocument plan) {
    PlanDocument.Statistics statistics = plan.statistics();
    if (statistics == null) {
      return;
    }
    title(
        "Statistics over all participants, %s before training"
            .formatted(Figures.counted(statistics.rounds(), "round")));
    Table table =
        new Table(">step", "", "columns", ">low", ">high", ">error of a mean", ">constant below");
    for (PlanDocument.Measured step : statistics.steps()) {
      table.row(
          Integer.toString(step.step()),
          step.word(),
          step.columns().isEmpty() ? "all numbers" : String.join(", ", step.columns()),
          String.format(Locale.ROOT, "%.6g", step.low()),
          String.format(Locale.ROOT, "%.6g", step.high()),
          scientific(step.meanError()),
          step.leastDeviation() == null ? "-" : scientific(step.leastDeviation()));
    }
    lines(table);
    terminal.print(
        "  Added up under the same encryption as updates; only sums over all participants are opened.");
  }

  private void kept(PlanDocument plan) {
    if (plan.kept().isEmpty()) {
      return;
    }
    title("Tensors of the file that are not averaged");
    Table table = new Table("", "type", "shape", "use");
    for (PlanDocument.Kept tensor : plan.kept().stream().limit(TENSORS_SHOWN).toList()) {
      table.row(tensor.name(), tensor.type(), tensor.shape().toString(), tensor.use());
    }
    lines(table);
    more(plan.kept().size());
  }

  private void more(int size) {
    if (size > TENSORS_SHOWN) {
      terminal.print("  and %d more; --format json lists all".formatted(size - TENSORS_SHOWN));
    }
  }

  private static String scientific(double value) {
    return String.format(Locale.ROOT, "%.2e", value);
  }
}
