package ai.cifer.fedlearn.train;

import java.util.List;
import java.util.Set;

/// How every participant turns what is in its file into examples: steps in order, decided by the
/// coordinator's configuration and signed with each round, so that all apply the same.
///
/// Columns are those of a table; other data has the columns `x` and `y`. An empty list of columns
/// means all features.
///
/// @param steps applied one after the other
public record Preprocessing(List<Step> steps) {

  /// The data as it lies in the file: the last column of a table is the label, integer pixels are
  /// divided by the range of their type.
  public static final Preprocessing NONE = new Preprocessing(List.of());

  public static final int MAX_STEPS = 256;

  /// Names and numbers in one step.
  public static final int MAX_ITEMS = 1 << 16;

  public Preprocessing {
    steps = List.copyOf(steps);
    require(steps.size() <= MAX_STEPS, "preprocessing: steps", steps.size(), "<= " + MAX_STEPS);
  }

  private static void require(boolean holds, String what, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(what, value, expected));
    }
  }

  private static <T> List<T> bounded(String step, List<T> items) {
    require(items.size() <= MAX_ITEMS, step + ": items", items.size(), "<= " + MAX_ITEMS);
    return List.copyOf(items);
  }

  private static List<String> distinct(String step, List<String> names) {
    List<String> copy = bounded(step, names);
    require(Set.copyOf(copy).size() == copy.size(), step, copy, "each once");
    return copy;
  }

  /// One step.
  public sealed interface Step {

    /// The word for it in a configuration, for example `one-hot`.
    String word();
  }

  /// Which columns are features, in this order.
  public record Select(List<String> columns) implements Step {
    public Select {
      columns = distinct("select", columns);
      require(!columns.isEmpty(), "select: columns", columns, "at least one");
    }

    @Override
    public String word() {
      return "select";
    }
  }

  /// Which column holds the class.
  ///
  /// @param column its name, or its number counted from 0
  /// @param classes the texts that stand for class 0, 1, ...; empty where the file has the numbers
  public record Label(String column, List<String> classes) implements Step {
    public Label {
      classes = distinct("classes", classes);
    }

    @Override
    public String word() {
      return "label";
    }
  }

  /// Which column holds the number to predict.
  ///
  /// @param column its name, or its number counted from 0
  public record Regression(String column) implements Step {
    @Override
    public String word() {
      return "target";
    }
  }

  /// Puts a value where there is none.
  public record Impute(List<String> columns, double value) implements Step {
    public Impute {
      columns = distinct("impute", columns);
      require(Double.isFinite(value), "impute: value", value, "a number");
    }

    @Override
    public String word() {
      return "impute";
    }
  }

  /// Puts the mean of all participants' values where there is none. For the mean they are cut to
  /// the declared range; they stay as they are.
  ///
  /// Without means they are measured before the first round, see [Statistics].
  ///
  /// @param low declared range, for all of `columns`
  /// @param means one a value of these columns, or empty
  public record ImputeMean(List<String> columns, double low, double high, List<Float> means)
      implements Step {
    public ImputeMean {
      columns = distinct("impute-mean", columns);
      requireRange("impute-mean", low, high);
      means = bounded("impute-mean", means);
      require(means.stream().allMatch(Float::isFinite), "impute-mean: means", means, "numbers");
    }

    @Override
    public String word() {
      return "impute-mean";
    }
  }

  /// Maps the range `[low, high]` to `[0, 1]`; what lies outside of it stays outside.
  public record Scale(List<String> columns, double low, double high) implements Step {
    public Scale {
      columns = distinct("scale", columns);
      requireRange("scale", low, high);
    }

    @Override
    public String word() {
      return "scale";
    }
  }

  /// `(x - mean) / deviation`, after x was cut to the declared range.
  ///
  /// Without means and deviations they are measured over all participants' data before the first
  /// round, without anybody seeing another's, see [Statistics].
  ///
  /// @param low declared range, for all of `columns`
  /// @param means one a value of these columns, or empty
  /// @param deviations as many as `means`, > 0
  public record Standardize(
      List<String> columns, double low, double high, List<Float> means, List<Float> deviations)
      implements Step {
    public Standardize {
      columns = distinct("standardize", columns);
      requireRange("standardize", low, high);
      means = bounded("standardize", means);
      deviations = bounded("standardize", deviations);
      require(
          means.size() == deviations.size(),
          "standardize: deviations",
          deviations.size(),
          "as many as means, which are " + means.size());
      require(
          means.stream().allMatch(Float::isFinite)
              && deviations.stream().allMatch(each -> each > 0 && Float.isFinite(each)),
          "standardize",
          "means " + means + ", deviations " + deviations,
          "numbers, deviations > 0");
    }

    @Override
    public String word() {
      return "standardize";
    }
  }

  private static void requireRange(String step, double low, double high) {
    require(
        low < high && Double.isFinite(low) && Double.isFinite(high),
        step,
        low + " to " + high,
        "low < high");
  }

  /// A 1 at the place of the category, 0 at the others; a text that is none of them is all 0.
  public record OneHot(String column, List<String> categories) implements Step {
    public OneHot {
      categories = distinct("categories", categories);
      require(!categories.isEmpty(), "one-hot: categories", categories, "at least one");
    }

    @Override
    public String word() {
      return "one-hot";
    }
  }

  /// Makes one dimension of an example.
  public record Flatten() implements Step {
    @Override
    public String word() {
      return "flatten";
    }
  }

  /// Whole numbers name things, such as words: they are not scaled.
  public record Tokens() implements Step {
    @Override
    public String word() {
      return "tokens";
    }
  }

  /// Images become `[channels, height, width]`.
  ///
  /// @param channels 1 (grey) or 3 (red, green, blue)
  public record Resize(int width, int height, int channels) implements Step {

    public static final int MAX_SIDE = 4096;

    public Resize {
      require(
          width >= 1 && width <= MAX_SIDE && height >= 1 && height <= MAX_SIDE,
          "resize",
          width + " x " + height,
          "1 to " + MAX_SIDE);
      require(channels == 1 || channels == 3, "resize: channels", channels, "1 or 3");
    }

    @Override
    public String word() {
      return "resize";
    }
  }

  /// Divides the examples of a file that brings no test set of its own: each is drawn for the test
  /// set with probability `test`.
  public record Divide(double test, long seed) implements Step {
    public Divide {
      require(test > 0 && test < 1, "split: test", test, "above 0, below 1");
    }

    @Override
    public String word() {
      return "split";
    }
  }
}
