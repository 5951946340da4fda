package ai.cifer.secagg.message;

import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Preprocessing.Divide;
import ai.cifer.fedlearn.train.Preprocessing.Flatten;
import ai.cifer.fedlearn.train.Preprocessing.Impute;
import ai.cifer.fedlearn.train.Preprocessing.ImputeMean;
import ai.cifer.fedlearn.train.Preprocessing.Label;
import ai.cifer.fedlearn.train.Preprocessing.OneHot;
import ai.cifer.fedlearn.train.Preprocessing.Regression;
import ai.cifer.fedlearn.train.Preprocessing.Resize;
import ai.cifer.fedlearn.train.Preprocessing.Scale;
import ai.cifer.fedlearn.train.Preprocessing.Select;
import ai.cifer.fedlearn.train.Preprocessing.Standardize;
import ai.cifer.fedlearn.train.Preprocessing.Step;
import ai.cifer.fedlearn.train.Preprocessing.Tokens;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import java.util.List;

/// Steps of preprocessing as fields: the word of a step, then its values.
final class PreprocessingCodec {

  /// Longest name of a column or category in bytes.
  private static final int MAX_NAME_BYTES = 1 << 12;

  private PreprocessingCodec() {}

  static void write(FieldWriter out, Preprocessing preprocessing) {
    out.list(preprocessing.steps(), PreprocessingCodec::step);
  }

  private static void step(FieldWriter out, Step step) {
    out.text(step.word());
    switch (step) {
      case Select(List<String> columns) -> names(out, columns);
      case Label(String column, List<String> classes) -> names(out.text(column), classes);
      case Regression(String column) -> out.text(column);
      case Impute(List<String> columns, double value) -> real(names(out, columns), value);
      case ImputeMean each ->
          floats(real(real(names(out, each.columns()), each.low()), each.high()), each.means());
      case Scale(List<String> columns, double low, double high) ->
          real(real(names(out, columns), low), high);
      case Standardize each ->
          floats(
              floats(real(real(names(out, each.columns()), each.low()), each.high()), each.means()),
              each.deviations());
      case OneHot(String column, List<String> categories) -> names(out.text(column), categories);
      case Flatten _, Tokens _ -> {}
      case Resize(int width, int height, int channels) -> out.u31(width).u31(height).u31(channels);
      case Divide(double test, long seed) -> real(out, test).i64(seed);
    }
  }

  private static FieldWriter names(FieldWriter out, List<String> names) {
    return out.list(names, FieldWriter::text);
  }

  private static FieldWriter floats(FieldWriter out, List<Float> values) {
    return out.list(values, (to, value) -> to.i32(Float.floatToIntBits(value)));
  }

  private static FieldWriter real(FieldWriter out, double value) {
    return out.i64(Double.doubleToLongBits(value));
  }

  /// @throws IllegalArgumentException if a step is unknown
  static Preprocessing read(FieldReader in) {
    return new Preprocessing(
        in.list(Preprocessing.MAX_STEPS, Integer.BYTES, PreprocessingCodec::step));
  }

  private static Step step(FieldReader in) {
    String word = in.text(MAX_NAME_BYTES);
    return switch (word) {
      case "select" -> new Select(names(in));
      case "label" -> new Label(in.text(MAX_NAME_BYTES), names(in));
      case "target" -> new Regression(in.text(MAX_NAME_BYTES));
      case "impute" -> new Impute(names(in), real(in));
      case "impute-mean" -> new ImputeMean(names(in), real(in), real(in), floats(in));
      case "scale" -> new Scale(names(in), real(in), real(in));
      case "standardize" -> new Standardize(names(in), real(in), real(in), floats(in), floats(in));
      case "one-hot" -> new OneHot(in.text(MAX_NAME_BYTES), names(in));
      case "flatten" -> new Flatten();
      case "tokens" -> new Tokens();
      case "resize" -> new Resize(in.u31(), in.u31(), in.u31());
      case "split" -> new Divide(real(in), in.i64());
      default -> throw new IllegalArgumentException("step: " + word + " (expected: a known one)");
    };
  }

  private static List<String> names(FieldReader in) {
    return in.list(Preprocessing.MAX_ITEMS, Integer.BYTES, each -> each.text(MAX_NAME_BYTES));
  }

  private static double real(FieldReader in) {
    return Double.longBitsToDouble(in.i64());
  }

  private static List<Float> floats(FieldReader in) {
    return in.list(
        Preprocessing.MAX_ITEMS, Integer.BYTES, each -> Float.intBitsToFloat(each.i32()));
  }
}
