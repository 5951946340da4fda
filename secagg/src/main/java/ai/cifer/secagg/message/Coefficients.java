package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import java.util.Arrays;
import java.util.List;
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
    out.u31(values.length);
    for (int value : values) {
      out.i32(value);
    }
  }

  /// Reads what [#write] writes.
  public static Coefficients read(FieldReader in) {
    List<Integer> read = in.list(Limits.MAX_COEFFICIENTS, Integer.BYTES, FieldReader::i32);
    return new Coefficients(read.stream().mapToInt(Integer::intValue).toArray());
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
