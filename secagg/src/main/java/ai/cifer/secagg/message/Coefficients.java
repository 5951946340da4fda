package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import java.util.Arrays;
import java.util.stream.IntStream;

/// An immutable vector of integers that are not secret: sums of shares or of secrets.
public final class Coefficients {
  private final int[] values;

  private Coefficients(int[] values) {
    Limits.atMost("coefficients", values.length, Limits.MAX_COEFFICIENTS);
    this.values = values;
  }

  /// Copies the array.
  public static Coefficients of(int[] values) {
    return new Coefficients(values.clone());
  }

  public int size() {
    return values.length;
  }

  /// A copy.
  public int[] toIntArray() {
    return values.clone();
  }

  /// Writes the values behind their count.
  public void write(FieldWriter out) {
    out.i32s(values);
  }

  /// Reads what [#write] writes.
  public static Coefficients read(FieldReader in) {
    return new Coefficients(in.i32s(Limits.MAX_COEFFICIENTS));
  }

  /// Whether every value is a residue in [0, modulus).
  boolean areResidues(int modulus) {
    return IntStream.of(values).allMatch(value -> value >= 0 && value < modulus);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Coefficients that && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Coefficients[" + values.length + "]";
  }
}
