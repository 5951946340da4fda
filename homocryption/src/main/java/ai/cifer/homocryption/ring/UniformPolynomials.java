package ai.cifer.homocryption.ring;

import ai.cifer.homocryption.ring.AesCtrStream.Purpose;

/// The public polynomials `a` of a seed, uniform in the transformed domain, `Expand(seed_a, block,
/// prime)` of the scheme.
///
/// The stream of (block, prime) is read as packed 50-bit chunks, one for each position. A chunk
/// that is not below the prime (about one block in 35,000 has one) is replaced by the next word of
/// a second stream, of which the low 50 bits are taken, until it is; positions ascend. So a
/// replacement never shifts the later chunks, and positions may be computed independently.
///
/// Not thread-safe; reuses one buffer.
public final class UniformPolynomials {
  private final AesCtrStream stream;
  private final byte[] chunks;
  private final byte[] word = new byte[8];
  private final int degree;
  private final int bytes;

  /// @param seed 32 bytes, public
  /// @param degree N
  public UniformPolynomials(byte[] seed, int degree) {
    stream = new AesCtrStream(seed);
    this.degree = degree;
    bytes = PackedResidues.bytes(degree);
    chunks = new byte[bytes + PackedResidues.PADDING];
  }

  /// The packed chunks of (block, prime) as the stream has them, with [PackedResidues#PADDING]
  /// bytes behind them; valid until the next call.
  ///
  /// A kernel that meets a chunk that is not below the prime says so; [#replace] then makes all of
  /// them values of `a`, and the kernel runs again.
  ///
  /// @param index which prime of the parameter set
  public byte[] chunks(long block, int index) {
    stream.start(Purpose.UNIFORM, index, block);
    stream.read(chunks, bytes);
    return chunks;
  }

  /// Replaces the chunks of the last call of [#chunks] that are not below the prime.
  ///
  /// @param prime the value of prime number `index`
  /// @return how many were replaced
  public int replace(long block, int index, long prime) {
    stream.start(Purpose.REPLACEMENT, index, block);
    int replaced = 0;
    for (int j = 0; j < degree; j++) {
      long value = PackedResidues.get(chunks, 0, j);
      if (value < prime) {
        continue;
      }
      while (value >= prime) {
        stream.read(word, 8);
        value = PackedResidues.get(word, 0, 0);
      }
      PackedResidues.set(chunks, 0, j, value);
      replaced++;
    }
    return replaced;
  }
}
