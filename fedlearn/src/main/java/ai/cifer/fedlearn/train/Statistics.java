package ai.cifer.fedlearn.train;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Preprocessing.ImputeMean;
import ai.cifer.fedlearn.train.Preprocessing.Standardize;
import ai.cifer.fedlearn.train.Preprocessing.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// What is measured over all participants' data before training: the constants of those steps of
/// preprocessing that have none yet.
///
/// It is done by rounds of the same engine as training. Their "model" are the statistics, their
/// "update" is what one participant's examples say, and the weighted mean over the certified cohort
/// is what all examples together say. With `u = (cut(x) - middle) / half` for a declared range:
///
/// ```
/// tensor          of a participant with n examples       mean over all examples
/// <i>.present     (how often there is a value) / n       P
/// <i>.sum         (sum of u where there is a value) / n  S       mean = middle + half * S / P
/// <i>.present2    as present                             P2
/// <i>.squares     (sum of ((u - S/P) / 2)^2) / n         Q       deviation = 2 * half * sqrt(Q / P2)
/// ```
///
/// All lie in [-1, 1], which is the clip of these rounds. Squares are taken about the common mean,
/// so they come a wave later; a step whose columns an earlier step fills in waits for that, too.
public final class Statistics {

  /// The first word of the architecture of rounds that measure; the number of the wave follows.
  public static final String ARCHITECTURE = "statistics";

  /// The magnitude at which values of these rounds are cut.
  public static final float CLIP = 1;

  /// Squares below this are rounding: the column is taken for a constant and divided by half its
  /// range. It is the square of a deviation of a 256th of that.
  private static final double LEAST_SQUARE = 0x1p-18;

  /// Fewer values than this share of all examples are none: rounding would be all that is measured.
  private static final double LEAST_PRESENT = 0x1p-14;

  private final Preprocessing preprocessing;
  private final List<Part> parts;
  private final ModelLayout layout;

  /// A step that is measured.
  ///
  /// @param step its index among all steps
  /// @param columns whose values it changes; empty for all that are numbers
  /// @param squares whether its deviations are asked for, too
  /// @param width how many values of an example it changes
  /// @param wave in which its means are measured, from 1; its deviations in the next
  public record Part(
      int step,
      List<String> columns,
      double low,
      double high,
      boolean squares,
      int width,
      int wave) {

    int lastWave() {
      return squares ? wave + 1 : wave;
    }

    /// A smaller deviation cannot be told from rounding: the column is taken for a constant.
    public double leastDeviation() {
      return 2 * half() * Math.sqrt(LEAST_SQUARE);
    }

    double middle() {
      return low + half();
    }

    /// Half the declared range, the unit in which values are measured.
    public double half() {
      return (high - low) / 2;
    }

    /// A value on the scale on which it is measured.
    public double scaled(float value) {
      return (Math.clamp(value, low, high) - middle()) / half();
    }
  }

  private Statistics(Preprocessing preprocessing, List<Part> parts) {
    this.preprocessing = preprocessing;
    this.parts = List.copyOf(parts);
    List<TensorSpec> tensors = new ArrayList<>();
    for (Part part : parts) {
      List<Integer> shape = List.of(part.width());
      tensors.add(new TensorSpec(name(part, "present"), shape));
      tensors.add(new TensorSpec(name(part, "sum"), shape));
      if (part.squares()) {
        tensors.add(new TensorSpec(name(part, "present2"), shape));
        tensors.add(new TensorSpec(name(part, "squares"), shape));
      }
    }
    layout = new ModelLayout(tensors);
  }

  private static String name(Part part, String what) {
    return "%s.%d.%s".formatted(ARCHITECTURE, part.step() + 1, what);
  }

  /// The steps that have no constants yet.
  public static List<Step> missing(Preprocessing preprocessing) {
    return preprocessing.steps().stream().filter(Statistics::isMissing).toList();
  }

  private static boolean isMissing(Step step) {
    return switch (step) {
      case ImputeMean impute -> impute.means().isEmpty();
      case Standardize standardize -> standardize.means().isEmpty();
      default -> false;
    };
  }

  /// How many values each of [#missing] changes where every column holds one.
  ///
  /// @throws IllegalArgumentException if a step names no columns
  public static List<Integer> namedWidths(Preprocessing preprocessing) {
    List<Integer> widths = new ArrayList<>();
    for (Step step : missing(preprocessing)) {
      if (columns(step).isEmpty()) {
        throw new IllegalArgumentException(
            "preprocessing: %s without columns (expected: columns by name; or dataset_path, so that the coordinator sees which there are)"
                .formatted(step.word()));
      }
      widths.add(columns(step).size());
    }
    return widths;
  }

  /// @param widths how many values of an example each of [#missing] changes
  /// @throws IllegalArgumentException if a width is not positive or they are of another number
  public static Statistics of(Preprocessing preprocessing, List<Integer> widths) {
    if (widths.size() != missing(preprocessing).size() || widths.isEmpty()) {
      throw new IllegalArgumentException(
          "statistics: of %d steps (expected: %d)"
              .formatted(widths.size(), missing(preprocessing).size()));
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < preprocessing.steps().size(); i++) {
      Step step = preprocessing.steps().get(i);
      if (!isMissing(step)) {
        continue;
      }
      List<String> columns = columns(step);
      int after =
          parts.stream()
              .filter(earlier -> overlap(earlier.columns(), columns))
              .mapToInt(Part::lastWave)
              .max()
              .orElse(0);
      int width = widths.get(parts.size());
      if (width < 1) {
        throw new IllegalArgumentException(
            "%s: %d values (expected: >= 1)".formatted(step.word(), width));
      }
      parts.add(
          switch (step) {
            case ImputeMean each ->
                new Part(i, columns, each.low(), each.high(), false, width, after + 1);
            case Standardize each ->
                new Part(i, columns, each.low(), each.high(), true, width, after + 1);
            default -> throw new IllegalStateException("a step that is not measured");
          });
    }
    return new Statistics(preprocessing, parts);
  }

  /// Those that a round measures.
  ///
  /// @param layout of the round's model
  /// @throws IllegalArgumentException if it is not the layout of these steps
  public static Statistics of(Preprocessing preprocessing, ModelLayout layout) {
    List<Integer> widths =
        layout.tensors().stream()
            .filter(tensor -> tensor.name().endsWith(".present"))
            .map(tensor -> tensor.shape().getFirst())
            .toList();
    Statistics statistics = of(preprocessing, widths);
    if (!statistics.layout.equals(layout)) {
      throw new IllegalArgumentException(
          "statistics: %s (expected: %s)".formatted(layout, statistics.layout));
    }
    return statistics;
  }

  private static List<String> columns(Step step) {
    return switch (step) {
      case ImputeMean impute -> impute.columns();
      case Standardize standardize -> standardize.columns();
      default -> List.of();
    };
  }

  private static boolean overlap(List<String> one, List<String> other) {
    return one.isEmpty() || other.isEmpty() || one.stream().anyMatch(Set.copyOf(other)::contains);
  }

  /// The steps with constants of no meaning, to try whether data fit them.
  public Preprocessing tried() {
    List<Step> steps = new ArrayList<>(preprocessing.steps());
    for (Part part : parts) {
      List<Float> middles = Collections.nCopies(part.width(), (float) part.middle());
      List<Float> halves = Collections.nCopies(part.width(), (float) part.half());
      steps.set(
          part.step(),
          switch (steps.get(part.step())) {
            case ImputeMean each ->
                new ImputeMean(each.columns(), each.low(), each.high(), middles);
            case Standardize each ->
                new Standardize(each.columns(), each.low(), each.high(), middles, halves);
            case Step other -> other;
          });
    }
    return new Preprocessing(steps);
  }

  /// Whether a round measures instead of training.
  public static boolean isMeasured(String architecture) {
    return GlobalModel.label(architecture).equals(ARCHITECTURE);
  }

  /// The architecture of the round of a wave.
  public static String architecture(int wave) {
    return ARCHITECTURE + " " + wave;
  }

  /// The wave of a round that measures.
  ///
  /// @throws IllegalArgumentException if it names none
  public static int wave(String architecture) {
    String number =
        architecture.substring(Math.min(ARCHITECTURE.length() + 1, architecture.length()));
    if (!isMeasured(architecture) || !number.matches("[1-9][0-9]{0,3}")) {
      throw new IllegalArgumentException(
          "statistics: wave %s (expected: 1 to 9999)".formatted(number));
    }
    return Integer.parseInt(number);
  }

  public ModelLayout layout() {
    return layout;
  }

  public List<Part> parts() {
    return parts;
  }

  /// How many rounds they take.
  public int waves() {
    return parts.stream().mapToInt(Part::lastWave).max().orElse(0);
  }

  /// The indices of the tensors that a wave measures.
  public Set<Integer> measured(int wave) {
    List<Integer> found = new ArrayList<>();
    int tensor = 0;
    for (Part part : parts) {
      if (part.wave() == wave) {
        found.addAll(List.of(tensor, tensor + 1));
      }
      if (part.squares() && part.wave() + 1 == wave) {
        found.addAll(List.of(tensor + 2, tensor + 3));
      }
      tensor += part.squares() ? 4 : 2;
    }
    return Set.copyOf(found);
  }

  /// The index of the tensor that says how often there is a value; the others of the part follow.
  public int firstTensor(Part wanted) {
    return parts.subList(0, parts.indexOf(wanted)).stream()
        .mapToInt(part -> part.squares() ? 4 : 2)
        .sum();
  }

  /// The means of a part on the scale on which they are measured.
  ///
  /// @throws IllegalArgumentException if a column has no values at all
  public double[] scaledMeans(Part part, Tensors measured) {
    int tensor = firstTensor(part);
    float[] present = measured.values(tensor);
    float[] sums = measured.values(tensor + 1);
    return IntStream.range(0, part.width())
        .mapToDouble(i -> Math.clamp(sums[i] / present(part, i, present[i]), -1, 1))
        .toArray();
  }

  private double present(Part part, int value, float present) {
    if (!(present >= LEAST_PRESENT)) {
      throw new IllegalArgumentException(
          "%s: value %d of columns %s is missing everywhere (expected: somewhere; leave the column out)"
              .formatted(preprocessing.steps().get(part.step()).word(), value, part.columns()));
    }
    return present;
  }

  private List<Float> means(Part part, Tensors measured) {
    List<Float> means = new ArrayList<>();
    for (double mean : scaledMeans(part, measured)) {
      means.add((float) (part.middle() + part.half() * mean));
    }
    return means;
  }

  private List<Float> deviations(Part part, Tensors measured) {
    int tensor = firstTensor(part);
    float[] present = measured.values(tensor + 2);
    float[] squares = measured.values(tensor + 3);
    List<Float> deviations = new ArrayList<>();
    for (int i = 0; i < part.width(); i++) {
      double square = squares[i] / present(part, i, present[i]);
      double scaled = square < LEAST_SQUARE ? 1 : 2 * Math.sqrt(square);
      deviations.add((float) (part.half() * scaled));
    }
    return deviations;
  }

  /// The steps with what was measured before a wave in them; those that wait are as they were.
  ///
  /// @throws IllegalArgumentException if a column has no values at all
  public Preprocessing resolved(Tensors measured, int wave) {
    List<Step> steps = new ArrayList<>(preprocessing.steps());
    for (Part part : parts) {
      if (part.lastWave() < wave) {
        steps.set(
            part.step(),
            switch (steps.get(part.step())) {
              case ImputeMean each ->
                  new ImputeMean(each.columns(), each.low(), each.high(), means(part, measured));
              case Standardize each ->
                  new Standardize(
                      each.columns(),
                      each.low(),
                      each.high(),
                      means(part, measured),
                      deviations(part, measured));
              case Step other -> other;
            });
      }
    }
    return new Preprocessing(steps);
  }

  /// All steps with their constants, after the last wave.
  ///
  /// @throws IllegalArgumentException if a column has no values at all
  public Preprocessing resolved(Tensors measured) {
    return resolved(measured, waves() + 1);
  }

  /// What was not measured before a wave says nothing.
  ///
  /// @throws IllegalArgumentException if a value of it is not 0
  public void requireUnmeasured(Tensors before, int wave) {
    for (int i = 0; i < layout.tensors().size(); i++) {
      int tensor = i;
      if (IntStream.range(1, wave).anyMatch(earlier -> measured(earlier).contains(tensor))) {
        continue;
      }
      for (float value : before.values(tensor)) {
        if (value != 0) {
          throw new IllegalArgumentException(
              "%s: %s before wave %d (expected: 0, it is not measured yet)"
                  .formatted(layout.tensors().get(tensor).name(), value, wave));
        }
      }
    }
  }

  /// What happens to the values before a part measures them: the steps before it that have their
  /// constants, and those that say which rows and columns there are.
  ///
  /// @param measured in earlier waves
  public Preprocessing before(Part part, Tensors measured) {
    Preprocessing known = resolved(measured, part.wave());
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < known.steps().size(); i++) {
      Step step = known.steps().get(i);
      boolean always =
          step instanceof Preprocessing.Label
              || step instanceof Preprocessing.Regression
              || step instanceof Preprocessing.Resize
              || step instanceof Preprocessing.Divide;
      if (always || (i < part.step() && !isMissing(step))) {
        steps.add(step);
      }
    }
    return new Preprocessing(steps);
  }
}
