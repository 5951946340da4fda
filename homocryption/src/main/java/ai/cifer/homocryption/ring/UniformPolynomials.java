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
  private final byte[] word = new byte[8 + PackedResidues.PADDING];
  private final int bytes;

  /// @param seed 32 bytes, public
  /// @param degree N
  public UniformPolynomials(byte[] seed, int degree) {
    stream = new AesCtrStream(seed);
    bytes = PackedResidues.bytes(degree);
    chunks = new byte[bytes + PackedResidues.PADDING];
  }

  /// Writes the N values of `a` for (block, prime).
  ///
  /// @param index which prime of the parameter set
  /// @param prime its value
  /// @param out in [0, prime)
  /// @return how many chunks were replaced
  public int expand(long block, int index, long prime, double[] out) {
    stream.start(Purpose.UNIFORM, index, block);
    stream.read(chunks, bytes);
    if (PackedResidues.unpack(chunks, 0, prime, out)) {
      return 0;
    }
    return replace(block, index, prime, out);
  }

  private int replace(long block, int index, long prime, double[] out) {
    stream.start(Purpose.REPLACEMENT, index, block);
    int replaced = 0;
    for (int j = 0; j < out.length; j++) {
      if (out[j] < prime) {
        continue;
      }
      do {
        stream.read(word, 8);
        out[j] = PackedResidues.get(word, 0, 0);
      } while (out[j] >= prime);
      replaced++;
    }
    return replaced;
  }
}
