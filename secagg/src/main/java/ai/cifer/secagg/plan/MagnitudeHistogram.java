package ai.cifer.secagg.plan;

import ai.cifer.fedlearn.tensor.Tensors;
import java.util.Arrays;

/// Quantiles of the magnitudes of a tensor in one pass and constant memory, to 1 part in 128.
///
/// A bucket is the exponent and the first 7 bits of the mantissa of a float32: 2^15 buckets, 256
/// KiB, whose borders are the same for all data. So the result does not depend on the order of the
/// values or on the machine.
final class MagnitudeHistogram {
  private static final int DROPPED_BITS = 16;
  private static final int SIGN = 1 << 31;
  private static final int CHUNK = 1 << 14;

  private final long[] counts = new long[1 << (31 - DROPPED_BITS)];
  private final float[] values = new float[CHUNK];

  /// The upper border of the bucket up to which at least `share` of the values lie; 0 if these are
  /// zeros.
  float quantile(Tensors tensors, int tensor, double share) {
    Arrays.fill(counts, 0);
    long from = tensors.layout().offset(tensor);
    long size = tensors.layout().offset(tensor + 1) - from;
    for (long at = 0; at < size; at += CHUNK) {
      int count = (int) Math.min(CHUNK, size - at);
      tensors.read(from + at, values, count);
      for (int i = 0; i < count; i++) {
        counts[(Float.floatToRawIntBits(values[i]) & ~SIGN) >>> DROPPED_BITS]++;
      }
    }
    long rank = (long) Math.ceil(share * size);
    int bucket = 0;
    for (long seen = counts[0]; seen < rank; seen += counts[bucket]) {
      bucket++;
    }
    // Bucket 0 holds zero and what is nearer to it than 2^-133, the smallest border.
    return bucket == 0
        ? 0
        : Math.min(Float.MAX_VALUE, Float.intBitsToFloat((bucket + 1) << DROPPED_BITS));
  }
}
