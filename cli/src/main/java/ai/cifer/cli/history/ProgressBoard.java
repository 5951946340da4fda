package ai.cifer.cli.history;

import ai.cifer.cli.terminal.Figures;
import ai.cifer.cli.terminal.Glyphs;
import ai.cifer.cli.terminal.StatusLine;
import ai.cifer.fedlearn.history.RunEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How far the participants of a round are, as one line.
///
/// Shows the earliest step that somebody is still at; who is further counts as done with it.
final class ProgressBoard {

  private static final List<String> STEPS =
      List.of("download", "train", "encrypt", "upload", "fold", "open", "evaluate");
  private static final Map<String, String> DOING =
      Map.of(
          "download", "downloading",
          "train", "training",
          "encrypt", "encrypting",
          "upload", "uploading",
          "fold", "adding up",
          "open", "opening",
          "evaluate", "evaluating");
  private static final int BAR_WIDTH = 24;
  private static final double SHOWN_AFTER_SECONDS = 0.7;

  private final Glyphs glyphs;
  private final LongSupplier nanoTime;
  private final Set<String> expected = new LinkedHashSet<>();
  private final Map<String, RunEvent.Progress> latest = new LinkedHashMap<>();
  private final Map<String, Long> begun = new HashMap<>();
  private String waiting = "";
  private long waitingSince;

  ProgressBoard(Glyphs glyphs, LongSupplier nanoTime) {
    this.glyphs = glyphs;
    this.nanoTime = nanoTime;
  }

  synchronized void roundOpened(List<String> clients) {
    clear();
    expected.addAll(clients);
  }

  synchronized void waiting(String reason) {
    waiting = reason;
    waitingSince = nanoTime.getAsLong();
  }

  synchronized void progress(RunEvent.Progress progress) {
    latest.put(progress.participant(), progress);
    begun.putIfAbsent(progress.step(), nanoTime.getAsLong());
  }

  synchronized void gone(String participant) {
    expected.remove(participant);
    latest.remove(participant);
  }

  synchronized void clear() {
    expected.clear();
    latest.clear();
    begun.clear();
    waiting = "";
  }

  /// What to show now; empty when nothing takes long.
  synchronized String text() {
    String step = currentStep();
    if (step.isEmpty()) {
      double seconds = secondsSince(waitingSince);
      return waiting.isEmpty() || seconds < SHOWN_AFTER_SECONDS
          ? ""
          : "   waiting: %s   %s".formatted(waiting, Figures.duration(seconds));
    }
    double seconds = secondsSince(begun.getOrDefault(step, nanoTime.getAsLong()));
    if (seconds < SHOWN_AFTER_SECONDS) {
      return "";
    }
    List<Double> shares = shares(step);
    double mean = shares.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    long done = shares.stream().filter(share -> share >= 1).count();
    String members = shares.size() > 1 ? "   %d of %d done".formatted(done, shares.size()) : "";
    return "   %-12s %s%s   %s"
        .formatted(
            DOING.getOrDefault(step, step),
            StatusLine.bar(glyphs, mean, BAR_WIDTH),
            members,
            Figures.duration(seconds));
  }

  private String currentStep() {
    String earliest = "";
    for (RunEvent.Progress progress : latest.values()) {
      boolean running = progress.done() < progress.total();
      if (running && (earliest.isEmpty() || order(progress.step()) < order(earliest))) {
        earliest = progress.step();
      }
    }
    return earliest;
  }

  private List<Double> shares(String step) {
    Set<String> members = new LinkedHashSet<>();
    latest.values().stream()
        .filter(progress -> progress.step().equals(step))
        .forEach(progress -> members.add(progress.participant()));
    if (expected.containsAll(members)) {
      members.addAll(expected);
    }
    List<Double> shares = new ArrayList<>();
    for (String member : members) {
      shares.add(share(latest.get(member), step));
    }
    return shares;
  }

  private static double share(RunEvent.@Nullable Progress at, String step) {
    if (at == null || order(at.step()) < order(step)) {
      return 0;
    }
    boolean beyond = order(at.step()) > order(step) || at.total() <= 0;
    return beyond ? 1 : (double) at.done() / at.total();
  }

  // A step that is not known here is taken for a late one.
  private static int order(String step) {
    int index = STEPS.indexOf(step);
    return index < 0 ? STEPS.size() : index;
  }

  private double secondsSince(long nanos) {
    return (nanoTime.getAsLong() - nanos) / 1e9;
  }
}
