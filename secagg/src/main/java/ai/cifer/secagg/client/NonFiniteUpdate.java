package ai.cifer.secagg.client;

/// An update holds a NaN or an infinity; nothing of it leaves the client.
///
/// Nobody else could see it: under encryption it would spoil the whole sum unnoticed.
public final class NonFiniteUpdate extends RuntimeException {
  private final String tensor;
  private final long index;

  NonFiniteUpdate(String tensor, long index, float value) {
    super(
        "%s[%d]: %s (expected: a finite number; the learning rate may be too high)"
            .formatted(tensor, index, value));
    this.tensor = tensor;
    this.index = index;
  }

  /// The name of the first tensor that holds one.
  public String tensor() {
    return tensor;
  }

  /// Where in the tensor, in row-major order.
  public long index() {
    return index;
  }
}
