package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.kernel.PrimeKernel;
import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.ring.AesCtrStream.Purpose;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Polynomials with coefficients uniform in `[-2^(b-1), 2^(b-1))`, for any b.
final class UniformMask {
  private static final int PIECE_BITS = 40;
  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private UniformMask() {}

  /// Draws one; transformed, modulo the first primes.
  ///
  /// @param bits b, ≥ 1
  /// @param seed 32 bytes; the same seed gives the same integers modulo any primes
  static RnsPolynomial draw(RnsRing ring, int primes, int bits, byte[] seed) {
    int degree = ring.degree();
    double[][] rows = new double[primes][degree];
    for (int i = 0; i < primes; i++) {
      Arrays.fill(rows[i], ring.constant(BigInteger.ONE.shiftLeft(bits - 1).negate(), i));
    }
    byte[] random = new byte[Long.BYTES * degree];
    double[] piece = ring.buffers().take();
    double[] reduced = ring.buffers().take();
    try (var stream = new AesCtrStream(seed)) {
      for (int from = 0; from < bits; from += PIECE_BITS) {
        stream.start(Purpose.UNIFORM, 0, from);
        stream.read(random, random.length);
        long mask = (1L << Math.min(PIECE_BITS, bits - from)) - 1;
        for (int j = 0; j < degree; j++) {
          piece[j] = (long) LITTLE.get(random, Long.BYTES * j) & mask;
        }
        for (int i = 0; i < primes; i++) {
          PrimeKernel kernel = ring.kernel(i);
          kernel.reduce(piece, reduced);
          kernel.multiplyAdd(reduced, ring.constant(BigInteger.ONE.shiftLeft(from), i), rows[i]);
        }
      }
    } finally {
      Arrays.fill(random, (byte) 0);
      ring.buffers().giveCleared(piece);
      ring.buffers().giveCleared(reduced);
    }
    for (int i = 0; i < primes; i++) {
      ring.kernel(i).forward(rows[i]);
    }
    return new RnsPolynomial(rows);
  }
}
