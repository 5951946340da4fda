package ai.cifer.homocryption;

import java.util.Arrays;

/// How a vector lies in the slots of ciphertexts.
///
/// A vector of length n that fits is padded with zeros to the next power of two p, the period, and
/// repeated over all slots: slot j holds element `j mod p`. A rotation of the ciphertext is then a
/// rotation of the vector, a sum over one period appears in every slot without masks, and a vector
/// of length 1 is in every slot and so multiplies any other.
///
/// A longer vector is cut into pieces of all slots, the last one padded with zeros; its period is
/// the number of slots.
///
/// Invariant of every [EncryptedVector]: the padding holds 0, up to the ciphertext's error.
///
/// @param length of the vector, at least 1
/// @param period a power of two, at most `slots`
/// @param slots of one ciphertext
/// @param pieces number of ciphertexts
record Packing(int length, int period, int slots, int pieces) {

  static Packing of(int length, int slots) {
    if (length < 1) {
      throw new ShapeMismatch("length: " + length + " (expected: >= 1, a vector holds something)");
    }
    int period = length >= slots ? slots : ceilingPowerOfTwo(length);
    int pieces = (int) (((long) length + slots - 1) / slots);
    return new Packing(length, period, slots, pieces);
  }

  static int ceilingPowerOfTwo(int value) {
    return value <= 1 ? 1 : Integer.highestOneBit(value - 1) << 1;
  }

  /// Elements of one piece.
  int lengthOf(int piece) {
    return Math.min(slots, length - piece * slots);
  }

  /// Whether a piece has slots that hold no element.
  boolean isPadded(int piece) {
    return pieces == 1 ? length < period : lengthOf(piece) < slots;
  }

  /// The slots of one piece.
  ///
  /// @param values as many as the length
  double[] slotsOf(double[] values, int piece) {
    double[] out = new double[slots];
    int from = piece * slots;
    System.arraycopy(values, from, out, 0, lengthOf(piece));
    for (int at = period; at < slots; at += period) {
      System.arraycopy(out, 0, out, at, period);
    }
    return out;
  }

  /// The elements of one piece among its slots.
  void copyOut(double[] slotValues, int piece, double[] out) {
    System.arraycopy(slotValues, 0, out, piece * slots, lengthOf(piece));
  }

  /// A vector with the same number everywhere.
  double[] filled(double value) {
    double[] values = new double[length];
    Arrays.fill(values, value);
    return values;
  }

  /// The slots of the last piece with a number in the padding and 0 in the elements.
  double[] padding(double value) {
    double[] slotValues = new double[slots];
    for (int at = 0; at < slots; at += period) {
      Arrays.fill(slotValues, at + lengthOf(pieces - 1), at + period, value);
    }
    return slotValues;
  }
}
