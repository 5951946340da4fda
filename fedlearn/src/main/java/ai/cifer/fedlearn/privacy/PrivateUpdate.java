package ai.cifer.fedlearn.privacy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;

/// Makes an update private, in place: scaled down, noise added, rounded to the lattice.
///
/// ```
/// value = step * floor((x * min(1, clipNorm / norm) * counts + noise) / (sampling * step) + u)
/// ```
///
/// with `counts` 0 or 1 by chance and u uniform in [0, 1).
public final class PrivateUpdate {

  private static final int CHUNK = 1 << 14;

  private final UpdatePrivacy privacy;
  private final int bits;
  private final NoiseSource source;

  /// @param bits of a value
  public PrivateUpdate(UpdatePrivacy privacy, int bits, NoiseSource source) {
    this.privacy = privacy;
    this.bits = bits;
    this.source = source;
  }

  /// Does it. A value that is not finite stays not finite, so that the update is refused afterwards
  /// as it would be without noise.
  public void of(ClientUpdate update) {
    Tensors values = update.delta();
    double norm = norm(values);
    double scale = norm > privacy.clipNorm() ? privacy.clipNorm() / norm : 1;
    write(values, source.happens(privacy.sampling()) ? scale : 0);
  }

  private void write(Tensors values, double scale) {
    double step = privacy.step(bits);
    double most = privacy.clip(bits);
    double unit = privacy.sampling() * step;
    float[] chunk = new float[CHUNK];
    long size = values.layout().parameters();
    for (long from = 0; from < size; from += CHUNK) {
      int count = (int) Math.min(CHUNK, size - from);
      values.read(from, chunk, count);
      for (int i = 0; i < count; i++) {
        double noisy = chunk[i] * scale + privacy.deviation() * source.gaussian();
        double rounded = step * Math.floor(noisy / unit + source.uniform());
        chunk[i] = (float) Math.clamp(rounded, -most, most);
      }
      values.write(from, chunk, count);
    }
  }

  private static double norm(Tensors values) {
    float[] chunk = new float[CHUNK];
    long size = values.layout().parameters();
    double sum = 0;
    for (long from = 0; from < size; from += CHUNK) {
      int count = (int) Math.min(CHUNK, size - from);
      values.read(from, chunk, count);
      for (int i = 0; i < count; i++) {
        sum += (double) chunk[i] * chunk[i];
      }
    }
    return Math.sqrt(sum);
  }
}
