package ai.cifer.fedlearn.local;

import ai.cifer.fedlearn.tensor.Tensors;

/// Arithmetic on vectors by ranges: each value is computed in float64 and rounded once.
final class Ranges {

  private static final int CHUNK = 1 << 14;

  private Ranges() {}

  /// Writes `factor * from` to `out` from position `at` on.
  static void scaled(Tensors from, double factor, Tensors out, long at) {
    float[] values = new float[CHUNK];
    long size = from.layout().parameters();
    for (long done = 0; done < size; done += CHUNK) {
      int count = (int) Math.min(CHUNK, size - done);
      from.read(done, values, count);
      for (int i = 0; i < count; i++) {
        values[i] = (float) (factor * values[i]);
      }
      out.write(at + done, values, count);
    }
  }

  /// Writes `a * left + b * right` to `out`, all of one layout.
  static void combine(Tensors out, Tensors left, double a, Tensors right, double b) {
    float[] lefts = new float[CHUNK];
    float[] rights = new float[CHUNK];
    long size = out.layout().parameters();
    for (long done = 0; done < size; done += CHUNK) {
      int count = (int) Math.min(CHUNK, size - done);
      left.read(done, lefts, count);
      right.read(done, rights, count);
      for (int i = 0; i < count; i++) {
        lefts[i] = (float) (a * lefts[i] + b * rights[i]);
      }
      out.write(done, lefts, count);
    }
  }

  /// Cuts values to a magnitude.
  static void cut(Tensors values, long position, long count, float clip) {
    float[] some = new float[(int) Math.min(CHUNK, count)];
    for (long done = 0; done < count; done += some.length) {
      int now = (int) Math.min(some.length, count - done);
      values.read(position + done, some, now);
      for (int i = 0; i < now; i++) {
        some[i] = Math.clamp(some[i], -clip, clip);
      }
      values.write(position + done, some, now);
    }
  }

  /// Copies `count` values from one place to another.
  static void copy(Tensors from, long position, Tensors to, long target, long count) {
    float[] values = new float[(int) Math.min(CHUNK, count)];
    for (long done = 0; done < count; done += values.length) {
      int some = (int) Math.min(values.length, count - done);
      from.read(position + done, values, some);
      to.write(target + done, values, some);
    }
  }

  static double squaredNorm(Tensors of) {
    float[] values = new float[CHUNK];
    long size = of.layout().parameters();
    double sum = 0;
    for (long done = 0; done < size; done += CHUNK) {
      int count = (int) Math.min(CHUNK, size - done);
      of.read(done, values, count);
      for (int i = 0; i < count; i++) {
        sum += (double) values[i] * values[i];
      }
    }
    return sum;
  }
}
